import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseNoVarySearch } from "../../src/http/no-vary-search.ts";
import { fieldText } from "./arbitrary.ts";

/** A rule in one line: what is ignored, and whether the order is. */
function said(value: string | null): string | undefined {
  const rule = parseNoVarySearch(value);
  return rule && `${rule.ignored} [${[...rule.names]}] order ${rule.order}`;
}

describe("parseNoVarySearch", () => {
  test.each([
    ["key-order", "named [] order ignored"],
    ["key-order=?1", "named [] order ignored"],
    ['params=("a")', "named [a] order matters"],
    ['params=("utm_source" "utm_medium")', "named [utm_source,utm_medium] order matters"],
    ['except=("x")', "others [x] order matters"],
    ["except=()", "others [] order matters"],
    ['key-order, except=("x")', "others [x] order ignored"],
    ['except=("x"), key-order', "others [x] order ignored"],
    ['key-order=?0, params=("a")', "named [a] order matters"],
    ["key-order, params=()", "named [] order ignored"],
  ])("draft-ietf-httpbis-no-vary-search §5.2.1: %s", (value, expected) => {
    expect(said(value)).toBe(expected);
  });

  test.each([
    ['key-order="not a boolean"'],
    ['params="not an inner list"'],
    ["params=(not-a-string)"],
    ["params=?0"],
    ['params=("a"), except=("x")'],
    ["params=(), except=()"],
    ['except="not an inner list"'],
    ["except=(not-a-string)"],
    ["except=?1"],
    ["except"],
    ['params=?0, except=("x")'],
    ['key-order=1, params=("a")'],
    ['params=("a" 1)'],
    ['params=("a"'],
    ["params=('a')"],
    ["PARAMS"],
    ["key-order; params, ,"],
  ])("draft-ietf-httpbis-no-vary-search §5.2.1: %s is invalid, and the URL counts as it is", (value) => {
    expect(parseNoVarySearch(value)).toBeUndefined();
  });

  test.each([[null], [""], ["params=()"], ["key-order=?0"], ["key-order=?0, params=()"], ["unknown"]])(
    "draft-ietf-httpbis-no-vary-search §4: %p says nothing",
    (value) => {
      expect(parseNoVarySearch(value)).toBeUndefined();
    },
  );

  test.each([
    ["params", "others [] order matters"],
    ["params=?1", "others [] order matters"],
    ["params, key-order", "others [] order ignored"],
    ['params, except=("x")', "others [x] order matters"],
    ['params=?1, except=("x" "y")', "others [x,y] order matters"],
  ])("drafts before -04: %s has but one meaning", (value, expected) => {
    expect(said(value)).toBe(expected);
  });

  test.each([
    ["keys it does not know are ignored", 'future=1, params=("a")', "named [a] order matters"],
    ["parameters of members are ignored", 'key-order;x=1, params=("a";y "b");z', "named [a,b] order ignored"],
    ["of several members with one key the last counts", 'params=("a"), params=("b")', "named [b] order matters"],
    [
      "several lines are one dictionary",
      `${new Headers([
        ["no-vary-search", 'params=("a")'],
        ["no-vary-search", "key-order"],
      ]).get("no-vary-search")}`,
      "named [a] order ignored",
    ],
  ])("RFC 9651 §3.2: %s", (_, value, expected) => {
    expect(said(value)).toBe(expected);
  });

  test.each([
    ["%C3%A9+%E6%B0%97", "é 気"],
    ["a%20b", "a b"],
    ["%75tm", "utm"],
    ["a%2Bb", "a+b"],
    ["a&b=c", "a&b=c"],
    ["?a", "?a"],
    ["#a", "#a"],
    ["100%", "100%"],
    ["%f6", "\ufffd"],
    ["%EF%BB%BFa", "\ufeffa"],
    ["", ""],
    ['\\"\\\\', '"\\'],
  ])('draft-ietf-httpbis-no-vary-search §5.3: "%s" names %s', (written, name) => {
    expect([...(parseNoVarySearch(`params=("${written}")`)?.names ?? [])]).toEqual([name]);
  });

  test("the text of a rule is itself a value that says the same", () => {
    const name = fc.oneof(fc.constantFrom("a", "utm", "é 気", "\ufeff", "a&b=c", '"\\', "?", "+"), fc.string());
    const rule = fc.record({
      member: fc.constantFrom("params", "except"),
      names: fc.array(name, { maxLength: 6 }),
      order: fc.boolean(),
    });
    fc.assert(
      fc.property(rule, ({ member, names, order }) => {
        const list = names.map((each) => `"${encodeURIComponent(each.toWellFormed())}"`);
        const value = `${member}=(${list.join(" ")})${order ? ", key-order" : ""}`;
        const parsed = parseNoVarySearch(value);
        if (parsed === undefined) return expect([member, names.length, order]).toEqual(["params", 0, false]);
        expect(parseNoVarySearch(parsed.text)).toEqual({ ...parsed, names: new Set([...parsed.names].sort()) });
        expect(parsed.text).toMatch(/^[\x20-\x7e]+$/);
        expect(parsed.text).not.toContain("?");
      }),
    );
  });

  test("rules that mean the same have one text", () => {
    const texts = ['key-order, params, except=("b" "a" "%61")', 'except=("a" "b");x, key-order=?1'].map(
      (value) => parseNoVarySearch(value)?.text,
    );
    expect(texts).toEqual(['except=("a" "b"), key-order', 'except=("a" "b"), key-order']);
  });

  test("what is too long or names too much is not acted on", () => {
    const names = (count: number) => `params=(${Array.from({ length: count }, (_, i) => `"n${i}"`).join(" ")})`;
    expect(parseNoVarySearch(names(64))?.names.size).toBe(64);
    expect(parseNoVarySearch(names(65))).toBeUndefined();
    expect(parseNoVarySearch(`params=("${"x".repeat(4000)}")`)).toBeDefined();
    expect(parseNoVarySearch(`params=("${"x".repeat(4096)}")`)).toBeUndefined();
    // Three times as long when it is encoded.
    expect(parseNoVarySearch(`params=("${"=".repeat(4000)}")`)).toBeUndefined();
  });

  test("never throws, and gives nothing that has no text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fieldText,
          fc.string().map((text) => `params=("${text}")`),
        ),
        (value) => {
          expect(parseNoVarySearch(value)?.text).not.toBe("");
        },
      ),
    );
  });
});
