import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  NO_REQUEST_DIRECTIVES,
  NO_RESPONSE_DIRECTIVES,
  parseDirectives,
  parseRequestDirectives,
  parseResponseDirectives,
  type RequestDirectives,
  type ResponseDirectives,
} from "../../src/http/cache-control.ts";
import { MAX_DELTA_SECONDS } from "../../src/http/delta-seconds.ts";
import { hasOpenQuote } from "../../src/http/list.ts";
import { fieldText } from "./arbitrary.ts";

type Case<Directives> = [value: string, said: Partial<Directives>];

describe("a response's Cache-Control", () => {
  test("RFC 9111 §5.2.2: nothing says nothing", () => {
    expect(parseResponseDirectives(null)).toEqual(NO_RESPONSE_DIRECTIVES);
    expect(parseResponseDirectives("")).toEqual(NO_RESPONSE_DIRECTIVES);
    expect(parseResponseDirectives(" ,, ")).toEqual(NO_RESPONSE_DIRECTIVES);
  });

  test.each<Case<ResponseDirectives>>([
    ["max-age=60", { maxAge: 60 }],
    ["s-maxage=60", { sMaxage: 60 }],
    ["no-store", { noStore: true }],
    ["no-cache", { noCache: true }],
    ["private", { private: true }],
    ["public", { public: true }],
    ["must-revalidate", { mustRevalidate: true }],
    ["proxy-revalidate", { proxyRevalidate: true }],
    ["must-understand", { mustUnderstand: true }],
    ["Immutable", { immutable: true }],
    ["public, max-age=60,s-maxage=120 , ,immutable", { public: true, maxAge: 60, sMaxage: 120, immutable: true }],
  ])("RFC 9111 §5.2.2: %j", (value, said) => {
    expect(parseResponseDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test.each<Case<ResponseDirectives>>([
    ["stale-while-revalidate=30", { staleWhileRevalidate: 30 }],
    ['stale-if-error="600"', { staleIfError: 600 }],
    ["stale-while-revalidate", {}],
    ["stale-if-error=forever", {}],
  ])("RFC 5861 §3, §4: %j", (value, said) => {
    expect(parseResponseDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test.each<Case<ResponseDirectives>>([
    ["No-Store", { noStore: true }],
    ["MAX-AGE=60", { maxAge: 60 }],
    ['PRIVATE="Set-Cookie"', { private: ["set-cookie"] }],
  ])("RFC 9111 §5.2: the case of %j means nothing", (value, said) => {
    expect(parseResponseDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test.each<Case<ResponseDirectives>>([
    ['max-age="60"', { maxAge: 60 }],
    ['max-age="6\\0"', { maxAge: 60 }],
    ['x="no-store", max-age=60', { maxAge: 60 }],
    ['x="a, no-store, max-age=1", max-age=60', { maxAge: 60 }],
    ['x="a\\", no-store", max-age=60', { maxAge: 60 }],
    ["no-store=1", { noStore: true }],
    ['no-store="x"', { noStore: true }],
    ["no-store =1", { noStore: true }],
    ['private ="x"', { private: true }],
    ["no-store-at-all, xno-store", {}],
    ["community=UCI", {}],
  ])("RFC 9111 §5.2: quoted strings and unknown directives: %j", (value, said) => {
    expect(parseResponseDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test.each<Case<ResponseDirectives>>([
    ['max-age=5, x="abc, no-store', { maxAge: 5, noStore: true }],
    ['max-age=5, x="abc, private="x-a"', { maxAge: 5, private: true }],
    ['max-age=5, x="a\\", no-cache', { maxAge: 5, noCache: true }],
    ['private="x-a, no-store, max-age=60', { private: true, noStore: true }],
    ['no-cache="x-a", x="b, no-cache', { noCache: true }],
    ['x="must-revalidate, proxy-revalidate', { proxyRevalidate: true }],
    ['x="a, must-revalidate, public, s-maxage=60', { mustRevalidate: true }],
    ['max-age=5, x="abc, xno-store, no-store-not', { maxAge: 5 }],
    ['max-age=5, x="a, no-store\\", b"', { maxAge: 5 }],
  ])("RFC 9111 §4.2.1: what follows a quote that is never closed restricts, and nothing else: %j", (value, said) => {
    expect(parseResponseDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test.each<Case<ResponseDirectives>>([
    ["private; max-age=60", { private: true }],
    ["max-age=60; private", { maxAge: 0, private: true }],
    ["no-store max-age=60", { noStore: true }],
    ["public; no-cache", { noCache: true }],
    ['"no-store, max-age=60"', { noStore: true }],
    ["'private'", { private: true }],
    ["Cache-Control: private", { private: true }],
    ["private=true", { private: true }],
    ['no-cache="1"', { noCache: ["1"] }],
    ["max-age=60; x-private", { maxAge: 0 }],
    ["max-age=60 privately", { maxAge: 0 }],
    ['max-age=60, x="a; private"', { maxAge: 60 }],
  ])("RFC 9111 §4.2.1: what is written with other marks restricts, and nothing else: %j", (value, said) => {
    expect(parseResponseDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test("RFC 9111 §4.2.1: a quote that is never closed hides no restriction", () => {
    fc.assert(
      fc.property(fieldText, fieldText, (before, after) => {
        const value = `${before},no-store,${after}`;
        if (hasOpenQuote(value)) expect(parseResponseDirectives(value).noStore).toBe(true);
      }),
    );
  });

  test.each([
    "max-age",
    "max-age=",
    'max-age=""',
    "max-age=-1",
    "max-age=1.5",
    "max-age=1e3",
    "max-age=60s",
    "max-age='60'",
    "max-age= 60",
    "max-age=60 120",
    'max-age="60',
    "max-age=sixty",
    "max-age=;60",
    "max-age =60",
    "max-age\t=60",
  ])("RFC 9111 §4.2.1: the lifetime of %j is unreadable, so it is 0", (value) => {
    expect(parseResponseDirectives(value).maxAge).toBe(0);
    expect(parseResponseDirectives(value.replaceAll("max-age", "s-maxage")).sMaxage).toBe(0);
  });

  test("RFC 9111 §1.2.2: a lifetime too great to count is the greatest there is", () => {
    expect(parseResponseDirectives("max-age=99999999999999999999").maxAge).toBe(MAX_DELTA_SECONDS);
  });

  test.each<Case<ResponseDirectives>>([
    ["max-age=1, max-age=2", { maxAge: 1 }],
    ["max-age=2, MAX-AGE=1", { maxAge: 2 }],
    ["max-age=x, max-age=60", { maxAge: 0 }],
    ["s-maxage=5, max-age=3, s-maxage=7", { sMaxage: 5, maxAge: 3 }],
  ])("RFC 9111 §4.2.1: of several the first counts: %j", (value, said) => {
    expect(parseResponseDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test.each([
    ['"set-cookie"', ["set-cookie"]],
    ['"Set-Cookie, X-A"', ["set-cookie", "x-a"]],
    ['" Set-Cookie ,, X-A "', ["set-cookie", "x-a"]],
    ["set-cookie", ["set-cookie"]],
    ["", true],
    ['""', true],
    ['" , "', true],
    ['"', true],
    ['"set-cookie', true],
    ['"set cookie"', true],
    ['"x-a, \u00e9"', true],
  ])("RFC 9111 §5.2.2.4, §5.2.2.7: no-cache=%s and private=%s are %j", (argument, fields) => {
    expect(parseResponseDirectives(`no-cache=${argument}`).noCache).toEqual(fields);
    expect(parseResponseDirectives(`private=${argument}`).private).toEqual(fields);
  });

  test.each([
    ['private="a", private', true],
    ['private, private="a"', true],
    ['private="a", private=""', true],
    ['private="a", PRIVATE="b"', ["a", "b"]],
    ['private=a, private="b,c", private=d', ["a", "b", "c", "d"]],
  ])("RFC 9111 §4.2.1: of contradicting directives the most restrictive is honoured: %s", (value, fields) => {
    expect(parseResponseDirectives(value).private).toEqual(fields);
    expect(parseResponseDirectives(value.replaceAll(/private/gi, "no-cache")).noCache).toEqual(fields);
  });
});

describe("a request's Cache-Control", () => {
  test.each<Case<RequestDirectives>>([
    ["", {}],
    ["max-age=60", { maxAge: 60 }],
    ["max-age=0", { maxAge: 0 }],
    ["max-age=soon", { maxAge: 0 }],
    ["max-stale", { maxStale: MAX_DELTA_SECONDS }],
    ["max-stale=10", { maxStale: 10 }],
    ['max-stale="10"', { maxStale: 10 }],
    ["max-stale=", {}],
    ["max-stale=any", {}],
    ["min-fresh=10", { minFresh: 10 }],
    ["min-fresh", {}],
    ["no-cache", { noCache: true }],
    ["no-store", { noStore: true }],
    ["only-if-cached", { onlyIfCached: true }],
    ["No-Cache, NO-STORE", { noCache: true, noStore: true }],
    ["max-stale=1, max-stale", { maxStale: 1 }],
    ["private, public, s-maxage=1", {}],
  ])("RFC 9111 §5.2.1: %j", (value, said) => {
    expect(parseRequestDirectives(value, null)).toEqual({ ...NO_REQUEST_DIRECTIVES, ...said });
  });

  test("RFC 5861 §4: stale-if-error", () => {
    expect(parseRequestDirectives("stale-if-error=60", null).staleIfError).toBe(60);
  });

  test.each([
    ["no Cache-Control", null, "no-cache", true],
    ["other pragmas beside it", null, 'x="y", No-Cache', true],
    ["another pragma", null, "xno-cache", false],
    ["a quoted one", null, 'x="no-cache"', false],
    ["an empty Cache-Control", "", "no-cache", false],
    ["a Cache-Control", "max-age=60", "no-cache", false],
    ["neither", null, null, false],
  ])("RFC 9111 §5.4: Pragma with %s", (_, cacheControl, pragma, noCache) => {
    expect(parseRequestDirectives(cacheControl, pragma).noCache).toBe(noCache);
  });
});

describe("any text", () => {
  test("RFC 9111 §5.2: is read without an error, names in lower case", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        for (const name of parseDirectives(value).keys()) expect(name).toBe(name.toLowerCase());
        parseRequestDirectives(value, value);
        const { noCache, maxAge } = parseResponseDirectives(value);
        if (typeof noCache !== "boolean") expect(noCache).not.toBeEmpty();
        if (maxAge !== undefined) expect(maxAge).toBeWithin(0, MAX_DELTA_SECONDS + 1);
      }),
    );
  });

  test("RFC 9111 §4.2.1: nothing that is appended weakens private or no-cache", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        expect(parseResponseDirectives(`private, no-cache, ${value}`)).toMatchObject({ private: true, noCache: true });
      }),
    );
  });
});
