import { describe, expect, test } from "bun:test";
import { Recurring } from "../../src/http/recurring.ts";

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
