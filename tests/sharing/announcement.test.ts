import { describe, expect, test } from "bun:test";
import { catchUp, type Position, readAnnouncement, readSince } from "../../src/sharing/announcement.ts";

test("an announcement is read, whatever its text", () => {
  expect(readAnnouncement('e-1 12 s-1 {"a b"}\n é')).toEqual({
    ...{ epoch: "e-1", number: 12, sender: "s-1", text: '{"a b"}\n é' },
  });
  expect(readAnnouncement("e 1 s ")?.text).toBe("");
});

test.each([
  "",
  "e",
  "e 1",
  "e 1 s",
  "e 0 s text",
  "e -1 s text",
  "e 1.5 s text",
  "e 01 s text",
  "e 1e3 s text",
  " 1 s text",
])("%j is no announcement", (message) => expect(readAnnouncement(message)).toBeUndefined());

test("what Redis tells of a position is read, the oldest first", () => {
  expect(readSince(["e", 3, ["e 3 s c", "e 2 s b"]])).toEqual({
    now: { epoch: "e", number: 3 },
    missed: ["e 2 s b", "e 3 s c"],
  });
  for (const other of [null, [], ["e", "3", []], ["e", 3], { epoch: "e" }]) expect(() => readSince(other)).toThrow();
});

describe("who has heard up to the third announcement", () => {
  const heard: Position = { epoch: "e", number: 3 };
  const missed = ["e 4 s d", "e 5 s e"];

  test.each([
    ["has nothing to do where that was the last", { epoch: "e", number: 3 }, [], { type: "nothing" }],
    ["forgets where another epoch has begun", { epoch: "f", number: 4 }, [], { type: "forget" }],
    ["also one that has come as far", { epoch: "f", number: 3 }, [], { type: "forget" }],
    ["forgets where the numbers have gone back", { epoch: "e", number: 2 }, [], { type: "forget" }],
    ["forgets where some are kept no longer", { epoch: "e", number: 6 }, missed, { type: "forget" }],
  ] as const)("%s", (_, now, between, expected) => {
    expect(catchUp(heard, { now, missed: between })).toEqual(expected);
  });

  test("hears what came since, and knows what of it could not be read", () => {
    const now = { epoch: "e", number: 6 };
    const hear = catchUp(heard, { now, missed: [...missed, "junk"] });
    expect(hear).toMatchObject({ type: "hear", announcements: [{ text: "d" }, { text: "e" }], unreadable: 1 });
  });

  test("and who has heard nothing yet forgets", () => {
    expect(catchUp(undefined, { now: heard, missed: [] })).toEqual({ type: "forget" });
  });
});
