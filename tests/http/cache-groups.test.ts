import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseCacheGroups } from "../../src/http/cache-groups.ts";
import { fieldText } from "./arbitrary.ts";

describe("parseCacheGroups", () => {
  test.each<[string, string[]]>([
    ['"scripts"', ["scripts"]],
    ['"eurovision-results", "australia"', ["eurovision-results", "australia"]],
    ['  "a"  ,\t"b" ', ["a", "b"]],
    ['"a", "A"', ["a", "A"]],
    ['"a", "b", "a"', ["a", "b"]],
    [
      '"with space", "with, comma", "with \\"quotes\\" and \\\\"',
      ["with space", "with, comma", 'with "quotes" and \\'],
    ],
    ['""', [""]],
    ['"a";x, "b";y=1;z="?"', ["a", "b"]],
  ])("RFC 9875 §2: %s is a List of Strings, parameters are ignored", (value, names) => {
    expect(parseCacheGroups(value)).toEqual(names);
  });

  test.each([
    ["absent", null],
    ["empty", ""],
    ["a token", "scripts"],
    ["a token among strings", '"a", b'],
    ["a number", '"a", 1'],
    ["a boolean", "?1"],
    ["a byte sequence", ":YQ==:"],
    ["an inner list", '("a" "b")'],
    ["a comma behind", '"a",'],
    ["an empty member", '"a",,"b"'],
    ["an open string", '"a", "b'],
    ["a character outside ASCII", '"caf\xe9"'],
    ["single quotes", "'a'"],
    ["garbage behind", '"a" b'],
  ])("RFC 9651 §4.2: what is %s is ignored as a whole", (_, value) => {
    expect(parseCacheGroups(value)).toEqual([]);
  });

  test("RFC 9875 §2: 32 groups of 32 characters and more", () => {
    const names = Array.from({ length: 100 }, (_, i) => String(i).padStart(100, "-"));
    expect(parseCacheGroups(names.map((name) => `"${name}"`).join(", "))).toEqual(names);
  });

  test("a field of more than 16 KB is ignored", () => {
    expect(parseCacheGroups(`"${"a".repeat(16_000)}"`)).toHaveLength(1);
    expect(parseCacheGroups(`"${"a".repeat(16 * 1024)}"`)).toEqual([]);
  });

  test("any names come back as they were written", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[ -~]*$/)), (names) => {
        const written = names.map((name) => `"${name.replace(/["\\]/g, "\\$&")}"`);
        expect(parseCacheGroups(written.join(", "))).toEqual(names);
      }),
    );
  });

  test("whatever stands there, it is read or ignored", () => {
    fc.assert(fc.property(fieldText, (value) => expect(Array.isArray(parseCacheGroups(value))).toBe(true)));
  });
});
