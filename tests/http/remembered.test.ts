import { describe, expect, test } from "bun:test";
import { after } from "../../src/http/at-once.ts";
import { Recurring, remembered } from "../../src/http/remembered.ts";

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

describe("what was read of texts", () => {
  test("is kept once a text comes again", () => {
    const known = new Recurring<string>(4);
    expect(known.find("a")).toBeUndefined();
    known.met("a", "first");
    expect(known.find("a")).toBeUndefined();
    known.met("a", "second");
    expect(known.find("a")).toBe("second");
  });

  test("is forgotten where many others have come again since", () => {
    const known = new Recurring<string>(2);
    const meet = (text: string): void => {
      while (known.find(text) === undefined) known.met(text, text);
    };
    for (const text of ["a", "b", "c"]) meet(text);
    expect(known.find("a")).toBe("a");
    for (const text of ["d", "e", "f", "g"]) meet(text);
    expect(known.find("a")).toBeUndefined();
  });

  test("costs nothing to keep of texts that never come again", () => {
    const known = new Recurring<string>(4);
    const texts = Array.from({ length: 1000 }, (_, i) => `http://proxy/${i}`);
    for (const text of texts) known.met(text, text);
    expect(texts.filter((text) => known.find(text) !== undefined)).toEqual([]);
  });
});
