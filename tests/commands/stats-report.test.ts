import { expect, test } from "bun:test";
import { renderStats } from "../../src/commands/stats-report.ts";

const full = {
  name: "caching-proxy",
  version: "0.1.0",
  uptimeSeconds: 93_784.9,
  origin: "http://dummyjson.com",
  requests: { total: 1250, hit: 1100, miss: 100, stale: 0, revalidated: 40, bypass: 10, error: 0 },
  hitRatio: 0.9123,
  bytesSaved: 1_572_864,
  saved: { calls: 1100, bytes: 1_572_864, ms: 75_000 },
  reasons: { forwarded: { stale: 40, "uri-miss": 100 }, notStored: { "no-\u001bstore": 1200 }, failed: {} },
  cache: { entries: 1, bytes: 2048, maxBytes: 268_435_456, evictions: 0, expired: 7 },
  originLatencyMs: { count: 150, p50: 12.34, p90: 40, p99: 95.06, max: 120 },
};

test("a busy proxy", () => {
  expect(renderStats(full)).toBe(`caching-proxy 0.1.0
  origin       http://dummyjson.com
  uptime       1d 2h
  requests     1,250 (1,100 hit, 40 revalidated, 100 miss, 10 bypass)
  hit ratio    91.2 %
  saved        1,100 requests to the origin, 1.5 mb of content, some 1m 15s of waiting
  asked for    100 uri-miss, 40 stale
  not stored   1,200 no-store
  cache        1 entry, 2 kb of 256 mb, 0 evicted, 7 expired
  origin time  p50 12.3 ms, p90 40 ms, p99 95.1 ms, max 120 ms
`);
});

test("what was saved of a moment is told in milliseconds, and of nobody knows what not at all", () => {
  const line = (stats: object): string | undefined =>
    /^ {2}saved +(.*)$/m.exec(renderStats({ ...full, ...stats }))?.[1];
  expect(line({ bytesSaved: 10, saved: { calls: 1, ms: 12.6 } })).toBe(
    "1 request to the origin, 10 bytes of content, some 13 ms of waiting",
  );
  expect(line({ bytesSaved: undefined, saved: undefined })).toBeUndefined();
});

test("what is under way to the origin is told where that has a bound", () => {
  const line = (originLoad: object | undefined): string | undefined =>
    /^ {2}origin load +(.*)$/m.exec(renderStats({ ...full, originLoad }))?.[1];
  expect(line({ most: 16, underWay: 3, waiting: 0, delayed: 0, shed: 0 })).toBe("3 of 16 under way");
  expect(line({ most: 16, underWay: 16, waiting: 20, delayed: 1234, shed: 5 })).toBe(
    "16 of 16 under way, 20 waiting, 1,234 delayed, 5 shed",
  );
  expect(line(undefined)).toBeUndefined();
});

test("what is left of the origin's quota is told as far as it is known", () => {
  const line = (originQuota: object | undefined): string | undefined =>
    /^ {2}origin quota +(.*)$/m.exec(renderStats({ ...full, originQuota }))?.[1];
  const [resetsAt, refusedUntil] = [new Date(2026, 5, 15, 12, 40).getTime(), new Date(2026, 5, 15, 9, 5, 7).getTime()];
  const strictest = { limit: 5000, remaining: 1200, resetsAt };
  expect(line({ strictest, delayed: 0 })).toBe("1,200 of 5,000 left until 12:40:00");
  expect(line({ strictest: { remaining: 0 }, refusedUntil, delayed: 3 })).toBe(
    "0 left, refuses until 09:05:07, 3 delayed",
  );
  expect(line({ delayed: 0 })).toBeUndefined();
  expect(line(undefined)).toBeUndefined();
});

test("workers are told one by one", () => {
  const workers = [
    { worker: 1, pid: 70, requests: 1200, restarts: 0 },
    { worker: 2, pid: 90, requests: 50, restarts: 1 },
    { worker: 3, pid: 91, requests: 0, restarts: 2 },
  ];
  expect(renderStats({ ...full, workers })).toEndWith(
    "  workers      3, with requests 1,200 (process 70) + 50 (process 90, restarted once) + 0 (process 91, restarted 2 times)\n",
  );
});

test("a tier below the memory tells what it knows, and of trouble where there is any", () => {
  const sqlite = {
    name: "sqlite",
    state: "working",
    entries: 1200,
    bytes: 2048,
    maxBytes: 4096,
    evictions: 3,
    expired: 4,
  };
  const line = (store: unknown): string | undefined => /^ {2}store +(.*)$/m.exec(renderStats({ ...full, store }))?.[1];
  expect(line({ ...sqlite, errors: 0, droppedWrites: 0, damaged: 0 })).toBe(
    "sqlite, 1,200 entries, 2 kb of 4 kb, 3 evicted, 4 expired",
  );
  expect(line({ name: "memcached", state: "failing", errors: 12, droppedWrites: 1, damaged: 2 })).toBe(
    "memcached, failing, 2 damaged, 12 failed, 1 not written",
  );
  expect(line(undefined)).toBeUndefined();
});

test("a proxy nobody asked yet has no ratio and no latencies", () => {
  const idle = {
    ...full,
    uptimeSeconds: 0.4,
    requests: { total: 0, hit: 0 },
    hitRatio: null,
    saved: { calls: 0, bytes: 0, ms: null },
    reasons: { forwarded: {}, notStored: {}, failed: {} },
    originLatencyMs: { count: 0, p50: null, p90: null, p99: null, max: null },
  };
  const report = renderStats(idle);
  expect(report).toContain("uptime       0s\n");
  expect(report).toContain("requests     0\n");
  expect(report).not.toContain("hit ratio");
  expect(report).not.toContain("origin time");
  expect(report).not.toContain("waiting");
  for (const reason of ["asked for", "not stored", "failed"]) expect(report).not.toContain(reason);
});

test.each([[null], [[]], ["text"], [{ name: "caching-proxy", requests: "many", cache: 7, uptimeSeconds: "long" }]])(
  "%j is survived",
  (odd) => {
    expect(renderStats(odd).trimEnd().split("\n")).toHaveLength(1);
  },
);

test("lines of the log that were dropped are told, where any were", () => {
  const lines = (dropped: number) => renderStats({ name: "caching-proxy", log: { dropped } }).split("\n");
  expect(lines(0)).toEqual(["caching-proxy", ""]);
  expect(lines(1)[1]).toBe("  log          1 line dropped: nobody took them");
  expect(lines(1234)[1]).toBe("  log          1,234 lines dropped: nobody took them");
});
