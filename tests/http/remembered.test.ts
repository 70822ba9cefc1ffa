import { expect, test } from "bun:test";
import { after } from "../../src/http/at-once.ts";
import { remembered } from "../../src/http/remembered.ts";

test("what was made is made once, until there are more than can be remembered", () => {
  const made: string[] = [];
  const twice = remembered(2, (of: string) => {
    made.push(of);
    return of + of;
  });
  expect([twice("a"), twice("b"), twice("a"), twice("b")]).toEqual(["aa", "bb", "aa", "bb"]);
  expect(made).toEqual(["a", "b"]);
  // What was asked for since then is still known, the rest goes with the next two.
  expect([twice("c"), twice("a"), twice("d"), twice("a"), twice("b")]).toEqual(["cc", "aa", "dd", "aa", "bb"]);
  expect(made).toEqual(["a", "b", "c", "d", "b"]);
});

test("what is there goes on at once, what is to come goes on when it comes", async () => {
  expect(after(1, (n) => n + 1)).toBe(2);
  const later = after(Promise.resolve(1), (n) => n + 1);
  expect(later).toBeInstanceOf(Promise);
  expect(await later).toBe(2);
});
