import { describe, expect, test } from "bun:test";
import { gather } from "../../src/config/given.ts";
import { resolveRecording } from "../../src/config/recording.ts";
import { recordingFlags } from "../../src/config/recording-flags.ts";

const resolved = (args: Readonly<Record<string, string | boolean>>) =>
  resolveRecording(gather(recordingFlags, args, {}), "folder");

describe("what is said about recording", () => {
  test("is what is missing, at the speed in which it came, where nothing is said", () => {
    expect(resolved({})).toEqual({
      ok: true,
      value: { record: "missing", recordErrors: false, recordLatency: false, secrets: [], replaySpeed: 1 },
    });
  });

  test("may be all of it", () => {
    const said = {
      record: "ALL",
      "record-errors": true,
      "record-latency": true,
      secret: "iban, x-my-*,!code",
      "replay-speed": "instant",
    };
    expect(resolved(said)).toEqual({
      ok: true,
      value: {
        ...{ record: "all", recordErrors: true, recordLatency: true, secrets: ["iban", "x-my-*", "!code"] },
        replaySpeed: Number.POSITIVE_INFINITY,
      },
    });
    expect(resolved({ "replay-speed": "2.5" })).toMatchObject({ value: { replaySpeed: 2.5 } });
  });

  test("is nothing where there is no folder or no origin, which who asks for it is told", () => {
    const said = (record: string | undefined, place: "nowhere" | "no-origin") =>
      resolveRecording(gather(recordingFlags, record === undefined ? {} : { record }, {}), place);
    expect(said(undefined, "nowhere")).toMatchObject({ value: { record: "none" } });
    expect(said("none", "no-origin")).toMatchObject({ value: { record: "none" } });
    expect(said("all", "nowhere")).toMatchObject({ message: expect.stringContaining("pass --fixtures DIR with it") });
    expect(said("missing", "no-origin")).toMatchObject({ message: expect.stringContaining("never do") });
  });

  test.each([
    ["record", "some", '--record "some" is nothing to record: write missing, all or none'],
    ["replay-speed", "0", '--replay-speed "0" is no speed: write a number such as 1 or 2.5, or instant'],
    ["replay-speed", "fast", '--replay-speed "fast" is no speed: write a number such as 1 or 2.5, or instant'],
    ["secret", ",", '--secret "," names nothing: write names of fields, parameters or members, as in iban,x-my-*'],
    ["secret", "a b", '--secret "a b" has "a b", which is no name'],
  ])("--%s %s is refused", (flag, text, message) => {
    expect(resolved({ [flag]: text })).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });
});
