import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseList, Token } from "structured-headers";
import {
  type CacheStatus,
  type ForwardReason,
  formatCacheStatus,
  type XCache,
  xCache,
} from "../../src/http/cache-status.ts";

const forwardReasons: ForwardReason[] = [
  "bypass",
  "method",
  "uri-miss",
  "vary-miss",
  "miss",
  "request",
  "stale",
  "partial",
];

describe("Cache-Status", () => {
  test.each<[CacheStatus, string]>([
    [{ type: "hit", ttl: 60, key: "/a" }, 'caching-proxy; hit; ttl=60; key="/a"'],
    [{ type: "hit", ttl: 0, key: "/a" }, 'caching-proxy; hit; ttl=0; key="/a"'],
    [{ type: "hit", ttl: -30, key: "/a" }, 'caching-proxy; hit; ttl=-30; key="/a"'],
    [{ type: "hit", ttl: -1, key: "/", detail: "heuristic" }, 'caching-proxy; hit; ttl=-1; key="/"; detail=heuristic'],
    [{ type: "forward", fwd: "method", stored: false }, "caching-proxy; fwd=method"],
    [{ type: "forward", fwd: "bypass", status: 200, stored: false }, "caching-proxy; fwd=bypass; fwd-status=200"],
    [
      { type: "forward", fwd: "uri-miss", status: 200, stored: true, ttl: 60, key: "/a?b" },
      'caching-proxy; fwd=uri-miss; fwd-status=200; stored; ttl=60; key="/a?b"',
    ],
    [
      { type: "forward", fwd: "miss", status: 200, stored: false, key: "/", detail: "no-store" },
      'caching-proxy; fwd=miss; fwd-status=200; key="/"; detail=no-store',
    ],
    [
      { type: "stale-on-error", fwd: "stale", status: 503, ttl: -3, key: "/", detail: "stale-if-error" },
      'caching-proxy; fwd=stale; fwd-status=503; ttl=-3; key="/"; detail=stale-if-error',
    ],
    [
      { type: "stale-on-error", fwd: "request", ttl: 9, key: "/", detail: "origin-timeout" },
      'caching-proxy; fwd=request; ttl=9; key="/"; detail=origin-timeout',
    ],
    [
      { type: "forward", fwd: "miss", stored: false, collapsed: true, detail: "origin-timeout" },
      "caching-proxy; fwd=miss; collapsed; detail=origin-timeout",
    ],
    [
      {
        type: "stale-on-error",
        fwd: "stale",
        status: 503,
        collapsed: true,
        ttl: -3,
        key: "/",
        detail: "stale-if-error",
      },
      'caching-proxy; fwd=stale; fwd-status=503; collapsed; ttl=-3; key="/"; detail=stale-if-error',
    ],
    [{ type: "none", detail: "only-if-cached" }, "caching-proxy; detail=only-if-cached"],
  ])("RFC 9211 §2: %j", (status, member) => {
    expect(formatCacheStatus(status)).toBe(member);
  });

  test.each([
    ["no-store", "no-store"],
    ["*", "*"],
    ["a/b:c", "a/b:c"],
    ["404", '"404"'],
    ["", '""'],
    ["a b", '"a b"'],
    ['say "a\\b"', '"say \\"a\\\\b\\""'],
    ["caf\u00e9\n", '"caf??"'],
  ])("RFC 9651 §3.3.3, §3.3.4: the detail %j is written %s", (detail, written) => {
    const status = { type: "forward", fwd: "vary-miss", stored: true, detail } as const;
    expect(formatCacheStatus(status)).toBe(`caching-proxy; fwd=vary-miss; stored; detail=${written}`);
  });

  test("RFC 9651 §3.3.3: a key is always a String", () => {
    expect(formatCacheStatus({ type: "hit", ttl: 1, key: 'a"b' })).toEndWith('key="a\\"b"');
    expect(formatCacheStatus({ type: "hit", ttl: 1, key: "token" })).toEndWith('key="token"');
  });

  test("RFC 9651 §4.2.1: every status is a List of one Item that reads back", () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
    const printable = (of: string) => of.replaceAll(/[^\x20-\x7e]/g, "?");
    const status = fc.oneof(
      fc.record({
        type: fc.constant("hit" as const),
        ttl: fc.integer(),
        key: text,
        detail: fc.constant("heuristic" as const),
      }),
      fc.record({
        type: fc.constant("forward" as const),
        fwd: fc.constantFrom(...forwardReasons),
        status: fc.integer({ min: 200, max: 599 }),
        stored: fc.boolean(),
        ttl: fc.integer(),
        key: text,
        detail: text,
      }),
    );
    fc.assert(
      fc.property(status, (of) => {
        const [member, ...others] = parseList(formatCacheStatus(of));
        expect(others).toBeEmpty();
        const parameters = member?.[1];
        expect(parameters?.get("key")).toBe(printable(of.key));
        expect(textOf(parameters?.get("detail"))).toBe(printable(of.detail));
        expect(parameters?.get("ttl")).toBe(of.ttl);
        // §2.2: a response is either a hit or forwarded, never both.
        expect(parameters?.has("hit")).toBe(of.type === "hit");
        expect(parameters?.has("fwd")).toBe(of.type === "forward");
        expect(parameters?.get("stored") ?? false).toBe(of.type === "forward" && of.stored);
      }),
    );
  });
});

function textOf(value: unknown): unknown {
  return value instanceof Token ? value.toString() : value;
}

describe("X-Cache", () => {
  test.each<[CacheStatus, XCache]>([
    [{ type: "hit", ttl: 60, key: "/" }, "HIT"],
    [{ type: "hit", ttl: 0, key: "/" }, "HIT"],
    [{ type: "hit", ttl: -1, key: "/" }, "STALE"],
    [{ type: "forward", fwd: "stale", status: 304, stored: true }, "REVALIDATED"],
    [{ type: "forward", fwd: "request", status: 304, stored: true }, "REVALIDATED"],
    [{ type: "forward", fwd: "uri-miss", status: 304, stored: false }, "MISS"],
    [{ type: "forward", fwd: "stale", status: 200, stored: true }, "MISS"],
    [{ type: "forward", fwd: "stale", stored: false }, "MISS"],
    [{ type: "forward", fwd: "uri-miss", status: 200, stored: true }, "MISS"],
    [{ type: "forward", fwd: "vary-miss", status: 200, stored: true }, "MISS"],
    [{ type: "forward", fwd: "miss", status: 200, stored: true }, "MISS"],
    [{ type: "forward", fwd: "partial", status: 200, stored: true }, "MISS"],
    [{ type: "forward", fwd: "bypass", status: 200, stored: false }, "BYPASS"],
    [{ type: "forward", fwd: "method", status: 200, stored: false }, "BYPASS"],
    [{ type: "none", detail: "only-if-cached" }, "MISS"],
    [{ type: "none", detail: "rule" }, "BYPASS"],
    [{ type: "none", detail: "cors-preflight" }, "BYPASS"],
  ])("RFC 9211 §2: %j in one word is %s", (status, word) => {
    expect(xCache(status)).toBe(word);
  });
});
