import { describe, expect, test } from "bun:test";
import { type Answer, judge, outcomeOf } from "../../src/commands/warm-answer.ts";
import { type CacheStatus, formatCacheStatus } from "../../src/http/cache-status.ts";

const NOW = Date.UTC(2026, 0, 1, 0, 0, 0);
const answered = (status: number, retryAfter: string | null = null): Answer => ({
  type: "answered",
  status,
  cacheStatus: "caching-proxy; fwd=uri-miss; stored",
  retryAfter,
  bytes: 5,
});

describe("what became of a response", () => {
  const key = "/x";
  test.each<[CacheStatus, number, ReturnType<typeof outcomeOf>]>([
    [{ type: "hit", ttl: 5, key }, 200, { type: "already" }],
    [{ type: "hit", ttl: -5, key }, 200, { type: "already" }],
    [{ type: "collapsed", fwd: "uri-miss", ttl: 5, key }, 200, { type: "already" }],
    [{ type: "forward", fwd: "uri-miss", status: 200, stored: true, ttl: 5, key }, 200, { type: "stored" }],
    [{ type: "forward", fwd: "stale", status: 304, stored: true, ttl: 5, key }, 200, { type: "stored" }],
    [
      { type: "forward", fwd: "miss", status: 200, stored: true, collapsed: true, ttl: 5, key },
      200,
      { type: "stored" },
    ],
    [
      { type: "forward", fwd: "uri-miss", status: 200, stored: false, key, detail: "no-store" },
      200,
      { type: "not-storable", reason: "no-store" },
    ],
    [{ type: "forward", fwd: "bypass", status: 200, stored: false }, 200, { type: "not-storable", reason: "bypass" }],
    [
      { type: "forward", fwd: "uri-miss", status: 404, stored: true, ttl: 5, key },
      404,
      { type: "failed", reason: "status 404" },
    ],
    [{ type: "hit", ttl: 5, key }, 410, { type: "failed", reason: "status 410" }],
    [
      { type: "forward", fwd: "uri-miss", stored: false, key, detail: "origin-unreachable" },
      502,
      { type: "failed", reason: "status 502 (origin-unreachable)" },
    ],
    [
      { type: "stale-on-error", fwd: "stale", status: 503, ttl: -3, key, detail: "stale-if-error" },
      200,
      { type: "failed", reason: "the origin failed, what is stored is stale (stale-if-error)" },
    ],
  ])("%j with %d", (cacheStatus, status, expected) => {
    const own = formatCacheStatus(cacheStatus);
    expect(outcomeOf(status, own)).toEqual(expected);
    expect(outcomeOf(status, `caching-proxy; hit; ttl=1, ${own}`)).toEqual(expected);
    expect(outcomeOf(status, `${own}, cdn; hit`)).toEqual(expected);
  });

  test.each([null, "", "other; hit", "caching-proxy;;"])("%j is nobody's of ours", (field) => {
    expect(outcomeOf(200, field)).toMatchObject({ type: "failed", reason: expect.stringContaining("the proxy's own") });
  });
});

describe("what follows", () => {
  const MOST = 120_000;
  const settled = (outcome: ReturnType<typeof outcomeOf>, bytes: number) => ({
    type: "settled" as const,
    outcome,
    bytes,
  });
  test.each<[string, Answer, number, ReturnType<typeof judge>]>([
    ["all is well", answered(200), 1, settled({ type: "stored" }, 5)],
    ["a pause as long as asked for", answered(429, "7"), 1, { type: "pause", length: 7000 }],
    ["also with 503 and a date", answered(503, "Thu, 01 Jan 2026 00:00:09 GMT"), 1, { type: "pause", length: 9000 }],
    ["one that grows where nothing is said", answered(429), 1, { type: "pause", length: 1000 }],
    ["", answered(429), 3, { type: "pause", length: 4000 }],
    ["up to a bound", answered(429), 9, { type: "pause", length: 8000 }],
    [
      "sooner where it may be that alone that fails",
      answered(503),
      3,
      settled({ type: "failed", reason: "status 503" }, 5),
    ],
    ["not for ever", answered(429, "1"), 12, settled({ type: "failed", reason: "status 429" }, 5)],
    ["a pause that is too long", answered(503, "3600"), 1, { type: "too-long", length: 3_600_000 }],
    [
      "Retry-After means nothing elsewhere",
      answered(500, "7"),
      1,
      settled({ type: "failed", reason: "status 500" }, 5),
    ],
    ["an origin that failed is asked once more", answered(502), 1, { type: "again", after: 1000 }],
    ["and then no more", answered(504), 2, settled({ type: "failed", reason: "status 504" }, 5)],
    ["a connection that broke", { type: "broken", reason: "reset" }, 1, { type: "again", after: 1000 }],
    ["again", { type: "broken", reason: "reset" }, 2, settled({ type: "failed", reason: "reset" }, 0)],
    ["nobody there", { type: "gone" }, 1, { type: "gone" }],
    ["stopped", { type: "stopped" }, 1, { type: "stopped" }],
  ])("%s", (_, answer, attempt, expected) => {
    expect(judge(answer, attempt, MOST, NOW)).toEqual(expected);
  });
});
