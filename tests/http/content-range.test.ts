import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatContentRange, parseContentRange } from "../../src/http/content-range.ts";

describe("parseContentRange", () => {
  test.each([
    ["a part", "bytes 0-4/10", { first: 0, last: 4, complete: 10 }],
    ["all of it", "bytes 0-9/10", { first: 0, last: 9, complete: 10 }],
    ["the unit in another case", "BYTES 0-4/10", { first: 0, last: 4, complete: 10 }],
    ["white space around", " bytes 0-4/10 ", { first: 0, last: 4, complete: 10 }],
  ])("RFC 9110 §14.4: %s: %s", (_, value, range) => {
    expect(parseContentRange(value)).toEqual(range);
  });

  test.each([
    ["no field", null],
    ["an end before the start", "bytes 4-0/10"],
    ["an end beyond the end", "bytes 0-10/10"],
    ["an unknown length", "bytes 0-4/*"],
    ["no range", "bytes */10"],
    ["another unit", "items 0-4/10"],
    ["no unit", "0-4/10"],
    ["a sign", "bytes -1-4/10"],
    ["numbers beyond 2^53", "bytes 0-9007199254740993/9007199254740999"],
    ["text behind", "bytes 0-4/10x"],
    ["nothing", ""],
  ])("RFC 9110 §14.4: says nothing of use: %s", (_, value) => {
    expect(parseContentRange(value)).toBeUndefined();
  });

  test("RFC 9110 §14.4: what is written is read", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (first, more, rest) => {
        const last = first + more;
        const complete = last + 1 + rest;
        const written = formatContentRange({ first, last }, complete);
        expect(parseContentRange(written)).toEqual({ first, last, complete });
      }),
    );
  });
});
