import { describe, expect, test } from "bun:test";
import { cacheKey, queryKey, sharedKey } from "../../src/caching/key.ts";
import { covering, softened } from "../../src/caching/purge.ts";
import { reuse } from "../../src/caching/reuse.ts";
import { parseRequestDirectives } from "../../src/http/cache-control.ts";
import { parseNoVarySearch } from "../../src/http/no-vary-search.ts";
import { stored } from "../store/stored.ts";

const SITE = "http://api.example.com";
const policy = { defaultTtl: 0, maxEntrySize: 1 };
const request = {
  method: "GET",
  presented: () => null,
  publicOrigin: "http://localhost:3000",
  directives: parseRequestDirectives(null, null),
  range: undefined,
  personal: () => false,
} as const;

/** What may be done with a response of the 10th second that is purged softly in the 30th, so many seconds later. */
function use(later: number, cacheControl: string, more: readonly (readonly [string, string])[] = []) {
  const at = (seconds: number) => ({ wall: seconds * 1000, steady: seconds * 1000 });
  const headers = [["etag", '"x"'], ["cache-control", cacheControl], ...more] as const;
  const soft = softened(stored({ at: 10_000, headers }), at(30));
  return reuse(request, [soft], at(30 + later), policy);
}

describe("soft", () => {
  test("it is validated before its next use, at once and later", () => {
    for (const later of [0, 1, 1000]) expect(use(later, "max-age=60").type).toBe("validate");
  });

  test("so it is for who looked at the clock before, or whose clock is behind", () => {
    for (const earlier of [-0.001, -5]) expect(use(earlier, "max-age=60").type).toBe("validate");
  });

  test("the windows of stale use count from the purge", () => {
    expect(use(59, "stale-while-revalidate=60").type).toBe("stale");
    expect(use(61, "stale-while-revalidate=60").type).toBe("validate");
    expect(use(59, "stale-if-error=60")).toMatchObject({ type: "validate", onError: "error" });
    expect(use(61, "stale-if-error=60")).toMatchObject({ type: "validate", onError: "disconnected" });
  });

  test("what forbids stale use forbids it still", () => {
    expect(use(1, "must-revalidate, stale-while-revalidate=60")).toMatchObject({ type: "validate", onError: "never" });
  });

  test("immutable is no word against it", () => {
    expect(use(1, "immutable").type).toBe("validate");
  });

  test("what was stale before stays as stale as it was", () => {
    const old = stored({ at: 0, maxAge: 1 });
    expect(softened(old, { wall: 100_000, steady: 100_000 }).reading.lifetime.ms).toBe(1000);
  });

  test("a lifetime that was a guess is for nobody in particular still", () => {
    const now = { wall: 2000, steady: 2000 };
    const guessed = stored({ at: 1000 });
    const directives = { ...guessed.reading.directives, maxAge: undefined };
    const reading = { ...guessed.reading, directives, lifetime: { ms: 60_000, source: "default" } as const };
    const soft = softened({ ...guessed, reading }, now);
    const personal = { ...request, personal: () => true };
    expect(reuse(personal, [soft], now, policy)).toEqual({ type: "forward", fwd: "miss" });
    expect(reuse(request, [soft], now, policy).type).toBe("validate");
    expect(reuse(personal, [softened(guessed, now)], now, policy).type).toBe("validate");
  });
});

describe("what an extent covers", () => {
  const rule = parseNoVarySearch("params");
  const url = cacheKey(new URL("/products/1?a=1", SITE));
  const shared = rule && sharedKey(new URL("/products/1?a=1", SITE), rule);
  const queried = queryKey(url, "digest");
  const covers = (pattern: string) => {
    const meant = covering({ type: "pattern", pattern: SITE + pattern, prefix: `${SITE}/` });
    return [url, shared, queried].map((key) => key !== undefined && meant({ key, groups: [] }));
  };

  test.each([
    ["/products/*", [true, true, true]],
    ["/products/:id", [true, true, true]],
    ["/products/*\\?a=*", [true, true, true]],
    // The response for several queries may answer for one that is meant.
    ["/products/*\\?b=*", [false, true, false]],
    ["/products", [false, false, false]],
  ])("the pattern %s: URL, shared key, QUERY", (pattern, expected) => {
    expect(covers(pattern)).toEqual(expected);
  });

  test("another origin's is not covered", () => {
    const meant = covering({ type: "pattern", pattern: `${SITE}/*`, prefix: `${SITE}/` });
    expect(meant({ key: cacheKey(new URL("http://api.example.com.evil.test/")), groups: [] })).toBe(false);
  });
});
