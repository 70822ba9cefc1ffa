import { expect, test } from "bun:test";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import { Counters } from "../../src/observe/counters.ts";
import type { Outcome } from "../../src/observe/record.ts";
import { totalsOf } from "../../src/observe/totals.ts";
import { HIT, record } from "./records.ts";

test("before the first request there is no ratio and no latency", () => {
  expect(totalsOf([new Counters().counted()])).toEqual({
    requests: { total: 0, hit: 0, miss: 0, stale: 0, revalidated: 0, bypass: 0, error: 0 },
    hitRatio: null,
    bytesSaved: 0,
    saved: { calls: 0, bytes: 0, ms: null },
    collapsed: 0,
    reasons: { forwarded: {}, notStored: {}, failed: {} },
    originLatencyMs: { count: 0, p50: null, p90: null, p99: null, max: null },
  });
});

test("requests by outcome; the ratio is of those that the origin was not asked for", () => {
  const counters = new Counters();
  const counts: [Outcome, number][] = [
    ["hit", 5],
    ["stale", 1],
    ["revalidated", 2],
    ["miss", 3],
    ["bypass", 0],
    ["error", 1],
  ];
  for (const [outcome, times] of counts) for (let i = 0; i < times; i++) counters.count(record({ outcome }));
  const { requests, hitRatio } = totalsOf([counters.counted()]);
  expect(requests).toEqual({ total: 12, hit: 5, stale: 1, revalidated: 2, miss: 3, bypass: 0, error: 1 });
  expect(hitRatio).toBe(0.5);
});

test("bytes saved are those that came from the cache: hits, stale ones and revalidated ones", () => {
  const counters = new Counters();
  const bytes: [Outcome, number | undefined][] = [
    ["hit", 1],
    ["stale", 10],
    ["revalidated", 100],
    ["miss", 1000],
    ["bypass", 10_000],
    ["error", 100_000],
    ["hit", undefined],
  ];
  for (const [outcome, size] of bytes) counters.count(record({ outcome, bytes: size }));
  expect(totalsOf([counters.counted()]).bytesSaved).toBe(111);
});

test("percentiles of the origin's latency, in milliseconds, to a thousandth of their size", () => {
  const counters = new Counters();
  for (let ms = 100; ms >= 1; ms--) counters.count(record({ outcome: "miss", originMs: ms + 0.5 }));
  counters.count(record({ outcome: "hit" }));
  const { count, p50, p90, p99, max } = totalsOf([counters.counted()]).originLatencyMs;
  expect(count).toBe(100);
  for (const [found, meant] of [
    [p50, 50.5],
    [p90, 90.5],
    [p99, 99.5],
    [max, 100.5],
  ]) {
    expect(Math.abs((found ?? 0) - (meant ?? 0))).toBeLessThan(0.2);
  }
});

test("latencies of nothing and of hours are taken", () => {
  const counters = new Counters();
  for (const originMs of [0, 0.0001, 5 * 3_600_000]) counters.count(record({ outcome: "miss", originMs }));
  expect(totalsOf([counters.counted()]).requests.miss).toBe(3);
  expect(totalsOf([counters.counted()]).originLatencyMs.count).toBe(3);
});

test("what was saved: a call for each answer without the origin, and the time it takes on average", () => {
  const counters = new Counters();
  for (const originMs of [10, 30]) counters.count(record({ outcome: "miss", originMs, bytes: 1000 }));
  for (const outcome of ["hit", "hit", "stale"] as const) counters.count(record({ outcome, bytes: 7 }));
  const standIn = { type: "stale-on-error", fwd: "stale", ttl: -1, key: "/", detail: "origin-timeout" } as const;
  counters.count(record({ outcome: "stale", cacheStatus: standIn, bytes: 7 }));
  expect(totalsOf([counters.counted()]).saved).toEqual({ calls: 3, bytes: 28, ms: 60 });
});

test("a request that was not sent to spare a quota went nowhere, and what stood in for its answer was saved", () => {
  const counters = new Counters();
  counters.count(record({ outcome: "miss", originMs: 10 }));
  const standIn = { type: "stale-on-error", fwd: "stale", ttl: -1, key: "/", detail: "origin-rate-limited" } as const;
  counters.count(record({ outcome: "stale", cacheStatus: { ...standIn, status: 429 } }));
  counters.count(record({ outcome: "stale", cacheStatus: standIn }));
  counters.count(record({ outcome: "stale", cacheStatus: { ...standIn, detail: "origin-quota-low" } }));
  const refused = { type: "forward", fwd: "uri-miss", stored: false, detail: "origin-rate-limited" } as const;
  counters.count(record({ outcome: "error", cacheStatus: refused }));
  const { saved, reasons } = totalsOf([counters.counted()]);
  expect(saved).toEqual({ calls: 2, bytes: expect.any(Number), ms: 20 });
  expect(reasons).toEqual({
    ...{ forwarded: { stale: 1 }, notStored: {}, failed: { "origin-rate-limited": 3, "origin-quota-low": 1 } },
  });
});

test("reasons are told by their words, and what never was is left out", () => {
  const counters = new Counters();
  const statuses: readonly [Outcome, CacheStatus][] = [
    ["miss", { type: "forward", fwd: "uri-miss", status: 200, stored: true, detail: "heuristic" }],
    ["miss", { type: "forward", fwd: "uri-miss", status: 200, stored: false, detail: "no-store" }],
    ["miss", { type: "forward", fwd: "vary-miss", status: 200, stored: false, detail: "websocket" }],
    ["bypass", { type: "forward", fwd: "method", status: 200, stored: false }],
    ["error", { type: "forward", fwd: "stale", stored: false, detail: "origin-unreachable" }],
    ["error", { type: "forward", fwd: "stale", stored: false, detail: "origin-unreachable", collapsed: true }],
    ["hit", { type: "collapsed", fwd: "uri-miss", ttl: 3, key: "/" }],
    ["stale", { type: "stale-on-error", fwd: "stale", status: 503, ttl: -3, key: "/", detail: "stale-if-error" }],
    ["error", { type: "none", detail: "internal-error" }],
    ["hit", HIT],
  ];
  for (const [outcome, cacheStatus] of statuses) counters.count(record({ outcome, cacheStatus }));
  counters.count(record({ outcome: "bypass", cacheStatus: undefined }));
  const { reasons, collapsed } = totalsOf([counters.counted()]);
  expect(collapsed).toBe(2);
  expect(reasons).toEqual({
    forwarded: { "uri-miss": 2, "vary-miss": 1, stale: 2, method: 1 },
    notStored: { "no-store": 1, method: 1, other: 1 },
    failed: { "origin-unreachable": 2, "stale-if-error": 1, "internal-error": 1 },
  });
});
