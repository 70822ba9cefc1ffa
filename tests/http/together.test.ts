import { expect, test } from "bun:test";
import { together } from "../../src/http/together.ts";

test("who waits within a turn of the event loop goes on after all that came in it, together with the others", async () => {
  const seen: string[] = [];
  const wait = async (name: string): Promise<void> => {
    await together();
    seen.push(name);
  };
  const first = wait("first");
  await Promise.resolve();
  const second = wait("second");
  queueMicrotask(() => seen.push("what came in between"));
  await Promise.all([first, second]);
  expect(seen).toEqual(["what came in between", "first", "second"]);
});

test("who comes while they go on waits for the next turn", async () => {
  const before = together();
  await before;
  const after = together();
  expect(after).not.toBe(before);
  await after;
});
