import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type ByteRange, parseRange, type RangeRequest, resolveRange } from "../../src/http/range.ts";
import { fieldText } from "./arbitrary.ts";

const whole: RangeRequest = { type: "whole" };
const unsatisfiable: RangeRequest = { type: "unsatisfiable" };
const single = (first: number, last: number): RangeRequest => ({ type: "single", first, last });

const several = (...ranges: [number, number][]): RangeRequest => ({
  type: "several",
  ranges: ranges.map(([first, last]) => ({ first, last })),
});

/** What a field value asks of so many bytes. */
function asked(value: string, length: number): RangeRequest {
  const specs = parseRange(value);
  return specs === undefined ? whole : resolveRange(specs, length);
}

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
    expect(asked(value, length)).toEqual(range);
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
    expect(asked(value, length)).toEqual(unsatisfiable);
  });

  test.each([
    ["a start behind its end", "bytes=5-4"],
    ["no positions", "bytes=-"],
    ["nothing", "bytes="],
    ["no unit", "0-4"],
    ["another unit", "items=0-4"],
    ["one malformed range among others", "bytes=0-1,x"],
    ["no range in the list", "bytes=,"],
    ["more ranges than anybody needs", `bytes=${Array.from({ length: 65 }, (_, i) => `${i * 2}-${i * 2}`).join()}`],
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
    expect(asked(value, 10)).toEqual(whole);
  });

  test.each([
    ["two", "bytes=0-1,5-6", several([0, 1], [5, 6])],
    ["in the order of the request (§15.3.7.2)", "bytes=5-6,0-1", several([5, 6], [0, 1])],
    ["with white space and empty members (§5.6.1)", "bytes= 0-1 ,, 5-6 ,", several([0, 1], [5, 6])],
    ["a suffix among them", "bytes=0-1,-2", several([0, 1], [8, 9])],
    ["one of them outside", "bytes=0-1,50-60", single(0, 1)],
    ["all of them outside", "bytes=10-,50-60", unsatisfiable],
    ["overlapping", "bytes=0-4,3-6", single(0, 6)],
    ["side by side", "bytes=0-4,5-6", single(0, 6)],
    ["side by side, the other way round", "bytes=5-6,0-4", single(0, 6)],
    ["one within the other", "bytes=0-9,3-4", single(0, 9)],
    ["the same again and again", "bytes=0-,0-,0-,0-", single(0, 9)],
    ["two that a third joins", "bytes=0-1,4-5,2-3", single(0, 5)],
    ["two of three, in the place of the first", "bytes=8-9,0-1,2-3", several([8, 9], [0, 3])],
    ["the outer two of three", "bytes=0-1,8-9,1-4", several([0, 4], [8, 9])],
    ["one byte apart", "bytes=0-1,3-4", several([0, 1], [3, 4])],
  ])("RFC 9110 §14.2: several ranges: %s: %s", (_, value, range) => {
    expect(asked(value, 10)).toEqual(range);
  });

  test("RFC 9110 §15.3.7.2: the parts of several are the bytes asked for, each once, however they are listed", () => {
    const spec = fc.oneof(
      fc.tuple(fc.nat(40), fc.nat(10)).map(([first, n]) => `${first}-${first + n}`),
      fc.nat(40).map((first) => `${first}-`),
      fc.nat(10).map((n) => `-${n}`),
    );
    const bytesOf = (ranges: readonly ByteRange[]): number[] =>
      ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
    const partsOf = (range: RangeRequest): readonly ByteRange[] =>
      range.type === "single" ? [range] : range.type === "several" ? range.ranges : [];
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (specs, length) => {
        const together = bytesOf(partsOf(asked(`bytes=${specs.join()}`, length)));
        const apart = new Set(specs.flatMap((one) => bytesOf(partsOf(asked(`bytes=${one}`, length)))));
        expect(together.length).toBe(apart.size);
        expect(new Set(together)).toEqual(apart);
      }),
    );
  });

  test("RFC 9110 §14.1.2: the end of nothing is satisfiable, and cannot be sent as a part", () => {
    expect(asked("bytes=-5", 0)).toEqual(whole);
  });

  test("RFC 9110 §14.1.2: a range lies within the representation, whatever was asked", () => {
    const range = fc
      .tuple(fc.oneof(fc.constant(""), fc.bigInt({ min: 0n })), fc.oneof(fc.constant(""), fc.bigInt({ min: 0n })))
      .map(([from, to]) => `bytes=${from}-${to}`);
    fc.assert(
      fc.property(fc.oneof(range, fieldText), fc.nat(1000), (value, length) => {
        const range = asked(value, length);
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
        const parts = [`bytes=0-${cut - 1}`, `bytes=${cut}-`].map((value) => asked(value, bytes.length));
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
        expect(asked(`bytes=-${suffix}`, length)).toEqual(asked(`bytes=${length - suffix}-`, length));
      }),
    );
  });
});
