import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseRange, type RangeRequest } from "../../src/http/range.ts";
import { fieldText } from "./arbitrary.ts";

const whole: RangeRequest = { type: "whole" };
const unsatisfiable: RangeRequest = { type: "unsatisfiable" };
const single = (first: number, last: number): RangeRequest => ({ type: "single", first, last });

const huge = "9".repeat(25);

describe("parseRange", () => {
  test.each([
    ["one range", "bytes=0-4", 10, single(0, 4)],
    ["one byte", "bytes=9-9", 10, single(9, 9)],
    ["the unit in another case", "BYTES=0-4", 10, single(0, 4)],
    ["white space around", "bytes= 0-4 ", 10, single(0, 4)],
    ["leading zeros", "bytes=000-004", 10, single(0, 4)],
    ["an end beyond the end", "bytes=5-100", 10, single(5, 9)],
    ["an end beyond 2^53", `bytes=5-${huge}`, 10, single(5, 9)],
    ["an end beyond all numbers", `bytes=5-${"9".repeat(400)}`, 10, single(5, 9)],
    ["no end", "bytes=5-", 10, single(5, 9)],
    ["everything", "bytes=0-", 10, single(0, 9)],
    ["a suffix", "bytes=-3", 10, single(7, 9)],
    ["a suffix of all", "bytes=-10", 10, single(0, 9)],
    ["a suffix of more than all", "bytes=-11", 10, single(0, 9)],
    ["a suffix beyond 2^53", `bytes=-${huge}`, 10, single(0, 9)],
  ])("RFC 9110 §14.1.2: %s: %s of %d bytes", (_, value, length, range) => {
    expect(parseRange(value, length)).toEqual(range);
  });

  test.each([
    ["a start at the end", "bytes=10-", 10],
    ["a start beyond the end", "bytes=11-12", 10],
    ["a start beyond 2^53", `bytes=${huge}-`, 10],
    ["a start beyond all numbers", `bytes=${"9".repeat(400)}-`, 10],
    ["an empty suffix", "bytes=-0", 10],
    ["an empty suffix of nothing", "bytes=-0", 0],
    ["the first byte of nothing", "bytes=0-", 0],
    ["the first of no bytes", "bytes=0-0", 0],
  ])("RFC 9110 §15.5.17: %s is unsatisfiable: %s of %d bytes", (_, value, length) => {
    expect(parseRange(value, length)).toEqual(unsatisfiable);
  });

  test.each([
    ["a start behind its end", "bytes=5-4"],
    ["no positions", "bytes=-"],
    ["nothing", "bytes="],
    ["no unit", "0-4"],
    ["another unit", "items=0-4"],
    ["several ranges", "bytes=0-1,3-4"],
    ["several ranges, one of them empty", "bytes=0-1,"],
    ["a sign", "bytes=+0-4"],
    ["a negative start", "bytes=-1-4"],
    ["a fraction", "bytes=0.0-4"],
    ["letters", "bytes=a-b"],
    ["white space inside", "bytes=0 - 4"],
    ["white space before the equals sign", "bytes =0-4"],
    ["text behind", "bytes=0-4;x"],
    ["other digits", "bytes=٠-٤"],
    ["an empty value", ""],
  ])("RFC 9110 §14.2: %s is ignored", (_, value) => {
    expect(parseRange(value, 10)).toEqual(whole);
  });

  test("RFC 9110 §14.1.2: the end of nothing is satisfiable, and cannot be sent as a part", () => {
    expect(parseRange("bytes=-5", 0)).toEqual(whole);
  });

  test("RFC 9110 §14.1.2: a range lies within the representation, whatever was asked", () => {
    const asked = fc
      .tuple(fc.oneof(fc.constant(""), fc.bigInt({ min: 0n })), fc.oneof(fc.constant(""), fc.bigInt({ min: 0n })))
      .map(([from, to]) => `bytes=${from}-${to}`);
    fc.assert(
      fc.property(fc.oneof(asked, fieldText), fc.nat(1000), (value, length) => {
        const range = parseRange(value, length);
        if (range.type !== "single") return;
        expect(range.first).toBeWithin(0, length);
        expect(range.last).toBeWithin(range.first, length);
      }),
    );
  });

  test("RFC 9110 §14.1.2: adjacent ranges make the whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 64 }), fc.nat(), (bytes, n) => {
        const cut = 1 + (n % (bytes.length - 1));
        const parts = [`bytes=0-${cut - 1}`, `bytes=${cut}-`].map((value) => parseRange(value, bytes.length));
        const taken = parts.flatMap((range) =>
          range.type === "single" ? [...bytes.slice(range.first, range.last + 1)] : [],
        );
        expect(taken).toEqual([...bytes]);
      }),
    );
  });

  test("RFC 9110 §14.1.2: a suffix is the open range that starts that far from the end", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.nat(), (length, n) => {
        const suffix = 1 + (n % length);
        expect(parseRange(`bytes=-${suffix}`, length)).toEqual(parseRange(`bytes=${length - suffix}-`, length));
      }),
    );
  });
});
