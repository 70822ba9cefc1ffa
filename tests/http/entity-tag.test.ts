import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isStrong, listsEntityTag, strongMatch, weakMatch } from "../../src/http/entity-tag.ts";
import { fieldText } from "./arbitrary.ts";

describe("comparison", () => {
  // The table of RFC 9110 §8.8.3.2, and what it leaves out.
  test.each([
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
    ['"1"', '"2"', false, false],
    ['""', '""', true, true],
    ['"a"', '"A"', false, false],
    ['w/"1"', '"1"', false, false],
    ["1", "1", false, true],
    ["1", '"1"', false, false],
  ])("RFC 9110 §8.8.3.2: %s and %s: strong %p, weak %p", (a, b, strong, weak) => {
    expect(strongMatch(a, b)).toBe(strong);
    expect(strongMatch(b, a)).toBe(strong);
    expect(weakMatch(a, b)).toBe(weak);
    expect(weakMatch(b, a)).toBe(weak);
  });

  test("RFC 9110 §8.8.3.2: a strong match is a weak match", () => {
    fc.assert(
      fc.property(fieldText, fieldText, (a, b) => {
        if (strongMatch(a, b)) expect(weakMatch(a, b)).toBe(true);
        expect(weakMatch(a, a)).toBe(true);
      }),
    );
  });

  test.each([
    ['"a"', true],
    ['W/"a"', false],
    ["a", false],
    ["", false],
  ])("RFC 9110 §8.8.3: %s is strong: %p", (tag, strong) => {
    expect(isStrong(tag)).toBe(strong);
  });
});

describe("If-None-Match", () => {
  test.each([
    ['"a"', '"a"', true],
    ['"a"', 'W/"a"', true],
    ['W/"a"', '"a"', true],
    ['"a", "b"', '"b"', true],
    ['"a" , W/"b",,"c"', '"b"', true],
    ['"a"', '"b"', false],
    ['"a,b"', '"a,b"', true],
    ['"a,b"', '"a"', false],
    ["*", '"a"', true],
    [" * ", '"a"', true],
    ["*", undefined, true],
    ['"*"', '"a"', false],
    ['"a"', undefined, false],
    ["", '"a"', false],
    ["a", "a", true],
    ["a", '"a"', false],
  ])("RFC 9110 §13.1.2: %j names %j: %p", (field, tag, listed) => {
    expect(listsEntityTag(field, tag)).toBe(listed);
  });

  test("RFC 9110 §13.1.2: a tag is found wherever it stands in the list", () => {
    const tag = fc
      .tuple(fc.constantFrom("", "W/"), fc.stringMatching(/^[!#-[\]-~]{0,12}$/))
      .map(([weak, opaque]) => `${weak}"${opaque}"`);
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1 }), fc.nat(), (tags, n) => {
        expect(listsEntityTag(tags.join(", "), tags[n % tags.length])).toBe(true);
      }),
    );
  });

  test("RFC 9110 §13.1.2: no value throws, and none but * names a tag that is not there", () => {
    fc.assert(
      fc.property(fieldText, (field) => {
        expect(listsEntityTag(field, undefined)).toBe(field.trim() === "*");
      }),
    );
  });
});
