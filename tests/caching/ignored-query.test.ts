import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ignoredQuery, keptQuery, keptUrl } from "../../src/caching/ignored-query.ts";
import { cacheKey, keysFor, sortedQuery, targetOf } from "../../src/caching/key.ts";
import { namedRequest, namedUrl } from "../../src/caching/naming.ts";

const IGNORED = ignoredQuery(["utm_*", "_t", "ä b"]);

describe("what is left of a query", () => {
  test.each([
    ["", ""],
    ["?a=1", "?a=1"],
    ["?_t=1", ""],
    ["?a=1&_t=1&b=2", "?a=1&b=2"],
    ["?_t", ""],
    ["?%5Ft=1&a", "?a"],
    ["?utm_source=x&UTM_source=y&utm_=z&utm=w", "?UTM_source=y&utm=w"],
    ["?%C3%A4+b=1&c", "?c"],
    ["?_t=1&_t=2&a=%5Ft", "?a=%5Ft"],
    ["?a=1&&_t=2", "?a=1&"],
    ["??_t=1", "??_t=1"],
  ])("%s → %s", (search, expected) => {
    expect(keptQuery(search, IGNORED)).toBe(expected);
  });

  test("a URL that has nothing of it is itself", () => {
    const url = new URL("http://a/b?c=1");
    expect(keptUrl(url, IGNORED)).toBe(url);
    expect(keptUrl(new URL("http://a/b?_t=1"), IGNORED).href).toBe("http://a/b");
  });
});

const parameter = fc
  .tuple(
    fc.constantFrom("a", "b", "_t", "%5Ft", "utm_x", "utm_", "", "?a"),
    fc.constantFrom("", "=", "=1", "=2", "=a=b"),
  )
  .map((parts) => parts.join(""));
const query = fc.array(parameter, { maxLength: 5 }).map((parts) => (parts.length === 0 ? "" : `?${parts.join("&")}`));
const origin = new URL("http://origin.test/base");
const ignores = fc.subarray(["a", "_t", "utm_*", "utm_x"]).map(ignoredQuery);

describe("requests of one key", () => {
  test("ask the origin for the same but for the order", () => {
    const keyOf = keysFor(origin);
    fc.assert(
      fc.property(query, query, ignores, (one, other, ignored) => {
        const [a, b] = [one, other].map((search) => keptUrl(new URL(`http://p/x${search}`), ignored));
        if (a === undefined || b === undefined) throw new Error("two make two");
        const [mine, theirs] = [targetOf(origin, a), targetOf(origin, b)];
        expect(keyOf(a) === keyOf(b)).toBe(sortedQuery(mine.search) === sortedQuery(theirs.search));
        expect(keyOf(a)).toBe(cacheKey(mine));
        for (const name of mine.searchParams.keys()) expect(ignored.names.has(name)).toBe(false);
      }),
    );
  });

  test("are named by any of their URLs", () => {
    fc.assert(
      fc.property(query, ignores, (search, ignored) => {
        const site = { origin, publicOrigin: "http://p", ignored };
        const named = namedUrl(`/x${search}`, site);
        const asked = keptUrl(new URL(`http://p/x${search}`), ignored);
        expect(named.type === "url" && named.url.key).toBe(cacheKey(targetOf(origin, asked)));
      }),
    );
  });
});

describe("a request by what a person names", () => {
  const site = { origin, publicOrigin: "http://localhost:3000" };
  test.each([
    ["/x?a#f", "http://localhost:3000/x?a#f", "assumed"],
    ["http://localhost:3000/x", "http://localhost:3000/x", "stated"],
    ["http://127.0.0.1:3000/x", "http://127.0.0.1:3000/x", "stated"],
    ["https://origin.test/base/x?b#f", "http://localhost:3000/x?b#f", "assumed"],
    ["http://origin.test/base", "http://localhost:3000/", "assumed"],
  ] as const)("%s", (text, url, name) => {
    const found = namedRequest(text, site);
    expect(found.type === "request" && [found.url.href, found.name]).toEqual([url, name]);
  });

  test.each(["http://origin.test/other", "http://else.test/", "x"])("%s is refused", (text) => {
    expect(namedRequest(text, site).type).toBe("refused");
  });
});
