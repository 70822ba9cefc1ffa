import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  cacheKey,
  isAmbiguous,
  originOf,
  queriedUrl,
  queryKey,
  responseKey,
  shownKey,
  sortedQuery,
  targetOf,
} from "../../src/caching/key.ts";

const key = (url: string): string => cacheKey(new URL(url));

describe("cacheKey", () => {
  test.each([
    ["parameters in another order", "http://o/a?x=1&y=2", "http://o/a?y=2&x=1"],
    ["a fragment", "http://o/a#one", "http://o/a#two"],
    ["a bare question mark", "http://o/a?", "http://o/a"],
    ["the default port", "http://o:80/a", "http://o/a"],
    ["the host's case", "http://O/a", "http://o/a"],
    ["no path", "http://o", "http://o/"],
  ])("RFC 9111 §2: one key for %s", (_, a, b) => {
    expect(key(a)).toBe(key(b));
  });

  test.each([
    ["scheme", "http://o/a", "https://o/a"],
    ["host", "http://o/a", "http://p/a"],
    ["port", "http://o:81/a", "http://o:82/a"],
    ["path", "http://o/a", "http://o/b"],
    ["the path's case", "http://o/a", "http://o/A"],
    ["a trailing slash", "http://o/a", "http://o/a/"],
    ["doubled slashes", "http://o/a/b", "http://o/a//b"],
    ["an encoded slash", "http://o/a%2Fb", "http://o/a/b"],
    ["the case of an escape", "http://o/%2f", "http://o/%2F"],
    ["an encoded letter", "http://o/%61", "http://o/a"],
    ["an encoded question mark", "http://o/a%3Fx", "http://o/a?x"],
    ["an encoded hash", "http://o/a%23x", "http://o/a"],
    ["values", "http://o/a?x=1", "http://o/a?x=2"],
    ["an empty value", "http://o/a?x", "http://o/a?x="],
    ["plus and %20", "http://o/a?x=+", "http://o/a?x=%20"],
    ["an encoded ampersand", "http://o/a?x=1%26y=2", "http://o/a?x=1&y=2"],
    ["repeated names in another order", "http://o/a?x=1&x=2", "http://o/a?x=2&x=1"],
    ["a repeated parameter", "http://o/a?x=1&x=1", "http://o/a?x=1"],
    ["an empty parameter", "http://o/a?x=1&", "http://o/a?x=1"],
  ])("RFC 9111 §2: %s keeps keys apart", (_, a, b) => {
    expect(key(a)).not.toBe(key(b));
  });

  test("RFC 9111 §2: requests with one key ask the origin for the same bytes, but for the query's order", () => {
    const url = fc
      .tuple(
        fc.constantFrom("/", "/a", "/A", "/a%2Fb", "/a/b"),
        fc.array(fc.constantFrom("x=1", "x=2", "y", "y=", "", "%78=1"), { maxLength: 4 }),
      )
      .map(([path, query]) => new URL(`http://o${path}?${query.join("&")}`));
    fc.assert(
      fc.property(url, url, (a, b) => {
        if (cacheKey(a) !== cacheKey(b)) return;
        expect(a.pathname).toBe(b.pathname);
        expect(a.search.slice(1).split("&").sort()).toEqual(b.search.slice(1).split("&").sort());
      }),
      { numRuns: 1000 },
    );
  });
});

describe("targetOf", () => {
  test.each([
    ["http://o/", "http://localhost:3000/a?x=1", "http://o/a?x=1"],
    ["http://o/api", "http://localhost:3000/a?x=1", "http://o/api/a?x=1"],
    ["http://o/api", "http://localhost:3000/", "http://o/api/"],
    ["http://o/", "http://localhost:3000/a#frag", "http://o/a"],
    ["http://o/", "http://localhost:3000/a?", "http://o/a"],
    ["http://o/", "http://localhost:3000//evil.test/a", "http://o//evil.test/a"],
    ["http://o/", "http://localhost:3000/@evil.test", "http://o/@evil.test"],
    ["http://o/", "http://localhost:3000/a%2F..%3Fb", "http://o/a%2F..%3Fb"],
    ["https://o:8443/v1", "http://localhost:3000/a", "https://o:8443/v1/a"],
  ])("RFC 9110 §7.1: at %s, %s is %s", (origin, asked, target) => {
    expect(targetOf(new URL(origin), new URL(asked)).href).toBe(target);
  });

  test("RFC 9110 §7.1: what is asked never leads to another origin nor out of the base path", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (asked) => {
        const target = targetOf(new URL("http://o/base"), new URL(asked));
        expect(target.origin).toBe("http://o");
        expect(target.pathname).toStartWith("/base/");
        expect(target.hash).toBe("");
      }),
    );
  });
});

describe("sortedQuery", () => {
  test.each([
    ["", ""],
    ["?", "?"],
    ["?b", "?b"],
    ["?b&a", "?a&b"],
    ["?b=1&a=2&b=0", "?a=2&b=1&b=0"],
    ["?a=2&a=1&a=3", "?a=2&a=1&a=3"],
    ["?a==&a", "?a==&a"],
    ["?b&&a", "?&a&b"],
    ["?%62=1&a&b=2", "?a&%62=1&b=2"],
    ["?b=2&a&%62=1", "?a&b=2&%62=1"],
    ["?B&a&A&b", "?a&A&B&b"],
    ["?b&a[x]=1&a=2&a%5By%5D=3", "?a[x]=1&a=2&a%5By%5D=3&b"],
    ["?b&a.b&a_b&a+b&a%20b", "?a.b&a_b&a+b&a%20b&b"],
    ["?b&a;c", "?b&a;c"],
    ["?b&a%3Bc", "?a%3Bc&b"],
    ["?a10&a9", "?a10&a9"],
    ["?b=%26&a=%3D", "?a=%3D&b=%26"],
    ["?x[]=2&x[]=1", "?x[]=2&x[]=1"],
  ])("RFC 9111 §2: %s is %s", (search, sorted) => {
    expect(sortedQuery(search)).toBe(sorted);
  });

  const parameter = fc.oneof(
    fc
      .tuple(fc.constantFrom("a", "b", "B", "%61", ""), fc.constantFrom("", "=", "=1", "=2", "=="))
      .map((p) => p.join("")),
    fc.webQueryParameters().map((text) => text.replaceAll(/[&;]/g, "")),
  );
  const query = fc.array(parameter, { minLength: 1, maxLength: 8 });
  const parametersOf = (search: string) => search.slice(1).split("&");
  /** What an origin may take it for. */
  const nameOf = (text: string) => {
    const [decoded = ""] = new URLSearchParams(`&${text.split("=", 1)[0]}`).keys();
    const [name = ""] = decoded
      .trimStart()
      .replace(/\[(?=[^\]]*$)/, "_")
      .split(/[[\0]/, 1);
    return name.toLowerCase().replaceAll(/[. ]/g, "_");
  };

  test("what has more parameters than anybody needs is left as it is", () => {
    const many = Array.from({ length: 300 }, (_, i) => `a${999 - i}`);
    expect(sortedQuery(`?${many.join("&")}`)).toBe(`?${many.join("&")}`);
  });

  test("RFC 9111 §2: sorting is idempotent", () => {
    fc.assert(
      fc.property(query, (list) => {
        const once = sortedQuery(`?${list.join("&")}`);
        expect(sortedQuery(once)).toBe(once);
      }),
    );
  });

  test("RFC 9111 §2: sorting only moves parameters, and equal names keep their order", () => {
    fc.assert(
      fc.property(query, (list) => {
        const sorted = parametersOf(sortedQuery(`?${list.join("&")}`));
        expect([...sorted].sort()).toEqual([...list].sort());
        expect(sorted.map(nameOf)).toEqual(list.map(nameOf).sort());
        for (const name of list.map(nameOf)) {
          expect(sorted.filter((p) => nameOf(p) === name)).toEqual(list.filter((p) => nameOf(p) === name));
        }
      }),
    );
  });

  test("RFC 9111 §2: equal when sorted means the same parameters, equal names in the same order", () => {
    const few = fc.array(fc.constantFrom("a=1", "a=2", "b"), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(few, few, (a, b) => {
        const grouped = (list: string[]) => Map.groupBy(list, nameOf);
        const equal = sortedQuery(`?${a.join("&")}`) === sortedQuery(`?${b.join("&")}`);
        expect(Bun.deepEquals(grouped(a), grouped(b))).toBe(equal);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("shownKey", () => {
  test.each([
    ["http://origin.test/", "/"],
    ["http://origin.test:81/a/b?y=1&x=2", "/a/b?x=2&y=1"],
    ["https://origin.test//a", "//a"],
    ["http://origin.test/a?u=http://x/y", "/a?u=http://x/y"],
  ])("RFC 9211 §2.7: the key of %s is shown as %s", (url, shown) => {
    expect(shownKey(cacheKey(new URL(url)))).toBe(shown);
  });
});

describe("isAmbiguous", () => {
  test.each([
    ["http://o/\ufffd", true],
    ["http://o/a?x=\ufffd", true],
    ["http://o/%EF%BF%BD", true],
    ["http://o/%ff", false],
    ["http://o/caf\u00e9", false],
  ])("RFC 9111 §2: whether %j may stand for several targets: %p", (url, ambiguous) => {
    expect(isAmbiguous(cacheKey(new URL(url)))).toBe(ambiguous);
  });
});

describe("queryKey", () => {
  test("RFC 10008 §2.7: the URL with its query sorted, and the digest", () => {
    const key = queryKey(cacheKey(new URL("http://o/a?y=2&x=1#z")), "d-_1");
    expect(key).toBe(queryKey(cacheKey(new URL("http://o/a?x=1&y=2")), "d-_1"));
    expect(shownKey(key)).toBe("/a?x=1&y=2#QUERY-d-_1");
    expect(queriedUrl(key)).toBe(cacheKey(new URL("http://o/a?x=1&y=2")));
  });

  test("RFC 10008 §2.7: No-Vary-Search moves it nowhere, and no rule makes it of another key", () => {
    const url = cacheKey(new URL("http://o/a?x=1&utm=2"));
    const target = () => new URL(url);
    const key = queryKey(url, "d");
    const rule = new Headers({ "no-vary-search": 'params=("utm" "#QUERY-d")' });
    expect(responseKey({ target, key }, rule)).toBe(key);
    const shared = responseKey({ target, key: url }, rule);
    expect(shared).not.toBe(url);
    expect(queriedUrl(shared)).toBeUndefined();
  });

  test("RFC 10008 §2.7: it is the key of no URL, and leads back to its own", () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true, withFragments: true }),
        fc.stringMatching(/^[\w-]{43}$/),
        (text, digest) => {
          const url = new URL(text);
          expect(cacheKey(url)).not.toContain("#");
          expect(queriedUrl(cacheKey(url))).toBeUndefined();
          expect(queriedUrl(queryKey(cacheKey(url), digest))).toBe(cacheKey(url));
        },
      ),
    );
  });
});

test.each([
  ["http://o/", "http://o"],
  ["https://o.test:8443/a/b?c=http://x/y", "https://o.test:8443"],
  ["http://[::1]:80/a", "http://[::1]"],
])("originOf the key of %s is %s", (url, origin) => {
  expect(originOf(cacheKey(new URL(url)))).toBe(origin);
});
