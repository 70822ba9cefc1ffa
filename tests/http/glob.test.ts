import { expect, test } from "bun:test";
import fc from "fast-check";
import { glob } from "../../src/http/glob.ts";

test.each([
  ["a", "a", true],
  ["a", "ab", false],
  ["*", "", true],
  ["a*", "ab", true],
  ["a*a", "a", false],
  ["*b*", "abc", true],
  ["*.localhost:*", "x.localhost:3000", true],
  ["a.c", "abc", false],
])("%s and %s", (pattern, text, matches) => {
  expect(glob(pattern)(text)).toBe(matches);
});

const letters = (of: string) => fc.string({ unit: fc.constantFrom(...of), maxLength: 8 });

test("means what a regular expression of it means", () => {
  fc.assert(
    fc.property(letters("ab*"), letters("ab"), (pattern, text) => {
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text);
      expect(glob(pattern)(text)).toBe(expected);
    }),
  );
});
