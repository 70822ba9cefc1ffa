import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cacheKey, pathKey, responseKey, ruleTextOf, sharedKey } from "../../src/caching/key.ts";
import { reducedSearch } from "../../src/caching/search-variance.ts";
import { type NoVarySearch, parseNoVarySearch } from "../../src/http/no-vary-search.ts";

function rule(value: string): NoVarySearch {
  const parsed = parseNoVarySearch(value);
  if (parsed === undefined) throw new Error(`${value} says nothing`);
  return parsed;
}

/** A query as a URL has it. */
function searchOf(query: string): string {
  return new URL(`http://o/p${query}`).search;
}

function same(value: string, a: string, b: string): boolean {
  return reducedSearch(searchOf(a), rule(value)) === reducedSearch(searchOf(b), rule(value));
}

describe("reducedSearch", () => {
  test.each([
    ["key-order", "", "?"],
    ["key-order", "?a=x", "?%61=%78"],
    ["key-order", "?a=é", "?a=%C3%A9"],
    ["key-order", "?a=%f6", "?a=%ef%bf%bd"],
    ["key-order", "?a=x&&&&", "?a=x"],
    ["key-order", "?a=", "?a"],
    ["key-order", "?a=%20", "?a= &"],
    ["key-order", "?a=+", "?a= &"],
    ['params=("%C3%A9+%E6%B0%97")', "?é 気=1", "?é+気=2"],
    ['params=("%C3%A9+%E6%B0%97")', "?%C3%A9%20気=3", "?%C3%A9+%E6%B0%97=4"],
    ["key-order", "?a=1&b=2", "?b=2&a=1"],
    ['params=("utm")', "?id=1&utm=a", "?id=1"],
    ['params=("utm")', "?%75tm=a&id=1&utm=b", "?id=1"],
    ['params=("utm")', "?utm", "?"],
    ['except=("id")', "?id=1&a=1&b=2", "?c=3&id=1"],
    ["except=()", "?id=1", ""],
    ["except=()", "??", ""],
  ])("draft-ietf-httpbis-no-vary-search §6: under %s, %s is %s", (value, a, b) => {
    expect(same(value, a, b)).toBe(true);
  });

  test.each([
    ["key-order", "?a=%C3%A9", "?a=e%CC%81"],
    ["key-order", "?a=1&a=2", "?a=2&a=1"],
    ["key-order", "?a=1", "?a=1&a=1"],
    ["key-order", "?a=1", "?A=1"],
    ["key-order", "?a=1%26b", "?a=1&b"],
    ["key-order", "?a=1%3D", "?a=1"],
    ["key-order", "?=", ""],
    ["key-order", "??a", "?a"],
    ['params=("utm")', "?a=1&b=2", "?b=2&a=1"],
    ['params=("utm")', "?utm=a&id=1", "?utm=a&id=2"],
    ['params=("utm")', "?UTM=a", "?UTM=b"],
    ['params=("a+b")', "?a%2Bb=1", "?a%2Bb=2"],
    ['except=("id")', "?id=1", "?id=2"],
    ['except=("id")', "?id=1", "?"],
    ['except=("a" "b")', "?a=1&b=2", "?b=2&a=1"],
  ])("draft-ietf-httpbis-no-vary-search §6: under %s, %s is not %s", (value, a, b) => {
    expect(same(value, a, b)).toBe(false);
  });

  test("draft-ietf-httpbis-no-vary-search §6: the same is left of two queries if and only if they are equivalent", () => {
    const parameter = fc.constantFrom(
      ...[
        "a=1",
        "a=2",
        "%61=1",
        "a",
        "a=",
        "",
        "=",
        "b=1",
        "b=+",
        "b=%20",
        "b=%2B",
        "é=1",
        "%C3%A9=1",
        "u=%f6",
        "u=%f7",
      ],
      ...["?a=1", "c=1=2", "c=1%3D2", "c=%26", "%zz=1", "\u{10000}=1", "%EF%BF%BF=1"],
    );
    const search = fc.array(parameter, { maxLength: 5 }).map((query) => searchOf(`?${query.join("&")}`));
    const value = fc.constantFrom(
      ...["key-order", 'params=("a")', 'params=("a" "%C3%A9"), key-order', 'except=("a" "b")', "except=()"],
      'except=("a" "%C3%A9" "c"), key-order',
    );
    let equivalents = 0;
    fc.assert(
      fc.property(search, fc.oneof(search, fc.shuffledSubarray(["a=1", "b=1", "c=1"])), value, (a, other, field) => {
        const b = typeof other === "string" ? other : searchOf(`?${other.join("&")}`);
        const expected = areEquivalent(a, b, rule(field));
        if (expected) equivalents++;
        expect(reducedSearch(a, rule(field)) === reducedSearch(b, rule(field))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    expect(equivalents).toBeGreaterThan(30);
  });

  test("what is left is left as it is", () => {
    const query = fc.webUrl({ withQueryParameters: true }).map((url) => new URL(url).search);
    fc.assert(
      fc.property(query, fc.constantFrom("key-order", 'params=("a")', 'except=("a")'), (search, value) => {
        const once = reducedSearch(search, rule(value));
        expect(reducedSearch(once, rule(value))).toBe(once);
        expect(once).not.toContain(" ");
      }),
    );
  });

  test("a query of thousands of parameters", () => {
    const search = `?${Array.from({ length: 20_000 }, (_, i) => `p${i % 7}=${i}`).join("&")}`;
    expect(reducedSearch(search, rule('except=("p1"), key-order')).split("&")).toHaveLength(2857);
  });
});

/** The comparison of §6 word by word, without URLSearchParams. */
function areEquivalent(a: string, b: string, of: NoVarySearch): boolean {
  const [left, right] = [remaining(a, of), remaining(b, of)];
  return (
    left.length === right.length && left.every(([name, value], i) => name === right[i]?.[0] && value === right[i]?.[1])
  );
}

function remaining(search: string, of: NoVarySearch): (readonly [string, string])[] {
  const pairs = search
    .slice(1)
    .split("&")
    .filter((piece) => piece !== "")
    .map((piece) => {
      const equals = piece.indexOf("=");
      return equals < 0
        ? ([decoded(piece), ""] as const)
        : ([decoded(piece.slice(0, equals)), decoded(piece.slice(equals + 1))] as const);
    })
    .filter(([name]) => (of.ignored === "named" ? !of.names.has(name) : of.names.has(name)));
  return of.order === "matters" ? pairs : pairs.sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0));
}

function decoded(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const escaped = /^%([0-9a-f]{2})/i.exec(text.slice(i, i + 3));
    if (escaped === null) bytes.push(text[i] === "+" ? 0x20 : text.charCodeAt(i));
    else {
      bytes.push(Number.parseInt(escaped[1] ?? "", 16));
      i += 2;
    }
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

describe("shared keys", () => {
  const url = (path: string): URL => new URL(path, "http://o");
  const keyed = (path: string) => ({ target: () => url(path), key: cacheKey(url(path)) });

  test("a rule is part of its keys: what another rule brought lies elsewhere", () => {
    const keys = ["key-order", "except=()", 'except=("a")', 'params=("a")', 'params=("a"), key-order'].map((value) =>
      sharedKey(url("/p"), rule(value)),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("no URL has the key that others share", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(" key-order", "%20key-order", "? key-order", "?a except=()"));
    fc.assert(
      fc.property(text, (path) => {
        const parsed = URL.parse(`http://o/${path}`);
        if (parsed === null) return;
        expect(ruleTextOf(cacheKey(parsed))).toBeUndefined();
        expect(ruleTextOf(sharedKey(parsed, rule("except=(), key-order")))).toBe("except=(), key-order");
      }),
    );
  });

  test.each([
    ["no field", {}, "http://o/p?b=1&utm=2"],
    ["an invalid one", { "no-vary-search": "params=1" }, "http://o/p?b=1&utm=2"],
    ["a valid one", { "no-vary-search": 'params=("utm")' }, 'http://o/p?b=1 params=("utm")'],
  ])("a response with %s", (_, fields, key) => {
    expect<string>(responseKey(keyed("/p?utm=2&b=1"), new Headers(fields))).toBe(key);
  });

  test("all keys of a path have one path key, and other paths have others", () => {
    const of = (path: string) => pathKey(cacheKey(url(path)));
    expect(of("/p?a=1")).toBe(of("/p"));
    expect(pathKey(sharedKey(url("/p?a=1"), rule("key-order")))).toBe(of("/p"));
    expect(pathKey(sharedKey(url("/p"), rule("key-order")))).toBe(of("/p"));
    expect(of("/p/")).not.toBe(of("/p"));
    expect(of("/p%3Fa")).not.toBe(of("/p"));
  });
});
