import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import { masking } from "../../src/http/masked.ts";
import { jsonLines } from "../../src/observe/access-json.ts";
import type { ExchangeRecord } from "../../src/observe/record.ts";
import { HIT, record } from "./records.ts";

const jsonLine = jsonLines(0, masking([]));

const MISS = { type: "forward", fwd: "uri-miss", status: 200, stored: false, detail: "no-store" } as const;

test("a hit", () => {
  expect(jsonLine(record())).toBe(
    `${JSON.stringify({
      time: "2026-01-02T03:04:05.678Z",
      method: "GET",
      path: "/users?page=2",
      publicOrigin: "http://localhost:3000",
      client: "127.0.0.1",
      status: 200,
      outcome: "hit",
      durationMs: 1.235,
      bytes: 4096,
      ttl: 30,
      key: "/users?page=2",
      cacheStatus: 'caching-proxy; hit; ttl=30; key="/users?page=2"',
    })}\n`,
  );
});

test("a miss has the origin's time and the reason", () => {
  const line = JSON.parse(
    jsonLine(record({ outcome: "miss", cacheStatus: MISS, originMs: 12.00049, bytes: undefined })),
  );
  expect(line).toMatchObject({
    ...{ outcome: "miss", originMs: 12, fwd: "uri-miss", why: "uri-miss, no-store", stored: false },
    cacheStatus: "caching-proxy; fwd=uri-miss; fwd-status=200; detail=no-store",
  });
  expect(line).not.toHaveProperty("bytes");
});

test("who asked, from where, as part of which trace, as far as the request says", () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const headers = new Headers({ "user-agent": "curl/8", referer: "http://a/", traceparent });
  expect(JSON.parse(jsonLine(record({ headers })))).toMatchObject({
    ...{ userAgent: "curl/8", referer: "http://a/", traceId: "4bf92f3577b34da6a3ce929d0e0e4736" },
  });
  expect(jsonLine(record({ headers: new Headers({ traceparent: "none" }) }))).not.toContain("traceId");
});

test("which lane, where it is not the default one", () => {
  expect(JSON.parse(jsonLine(record({ lane: "test1" }))).lane).toBe("test1");
  expect(jsonLine(record())).not.toContain("lane");
});

test("which worker, where there are several", () => {
  expect(JSON.parse(jsonLines(2, masking([]))(record())).worker).toBe(2);
  expect(jsonLine(record())).not.toContain("worker");
});

test("what is printed once for several hits is that of no other", () => {
  const hits: CacheStatus[] = [
    { ...HIT, key: "/once", ttl: 9 },
    { ...HIT, key: "/once", ttl: 8 },
    { ...HIT, key: "/once", ttl: 8, detail: "heuristic" },
    { ...HIT, key: "/once", ttl: 8, tier: "sqlite" },
    { ...HIT, key: "/twice", ttl: 8 },
    { ...HIT, key: "/once", ttl: 9 },
  ];
  const lines = hits.map((cacheStatus) => JSON.parse(jsonLine(record({ cacheStatus }))));
  expect(lines.map(({ key, ttl, why, tier }) => [key, ttl, why, tier])).toEqual([
    ["/once", 9, undefined, undefined],
    ["/once", 8, undefined, undefined],
    ["/once", 8, "heuristic", undefined],
    ["/once", 8, undefined, "sqlite"],
    ["/twice", 8, undefined, undefined],
    ["/once", 9, undefined, undefined],
  ]);
});

test("nor where anything else of it differs, or another asks", () => {
  const hit = record();
  const others: Partial<ExchangeRecord>[] = [
    { method: "HEAD" },
    { status: 304 },
    { outcome: "stale" },
    { bytes: 0 },
    { bytes: undefined },
    { lane: "test1" },
    { originMs: 3 },
    { client: () => "::1" },
    { durationMs: 2 },
    { at: hit.at + 1 },
    { headers: new Headers({ "user-agent": "curl/8" }) },
    { cacheStatus: undefined },
    { url: new URL("http://localhost:3000/users?page=3") },
  ];
  for (const other of others) {
    const line = jsonLine({ ...hit, ...other });
    // As one prints it who has seen no other.
    expect(line).toBe(jsonLines(0, masking([]))({ ...hit, ...other }));
    expect(line).not.toBe(jsonLine(hit));
  }
});

test.each([
  [0, "2026-01-02T03:04:05.000Z"],
  [7, "2026-01-02T03:04:05.007Z"],
  [70, "2026-01-02T03:04:05.070Z"],
  [999, "2026-01-02T03:04:05.999Z"],
  [1000, "2026-01-02T03:04:06.000Z"],
])("%d ms after a second", (later, time) => {
  expect(JSON.parse(jsonLine(record({ at: Date.UTC(2026, 0, 2, 3, 4, 5) + later }))).time).toBe(time);
});

describe("whatever comes", () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
  const record_ = fc
    .record({
      client: text,
      method: text,
      key: text,
      at: fc.integer({ min: 0, max: 4e12 }),
      durationMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
      bytes: fc.oneof(fc.constant(Number.NaN), fc.nat(), fc.constant(undefined)),
    })
    .map(
      ({ client, key, ...but }): ExchangeRecord =>
        record({ ...but, client: () => client, cacheStatus: { ...HIT, key } }),
    );

  test("a line is one object in printable ASCII, and says it", () => {
    fc.assert(
      fc.property(record_, (of) => {
        const line = jsonLine(of);
        expect(line).toMatch(/^[ -~]*\n$/);
        const read = JSON.parse(line);
        expect([read.method, read.client]).toEqual([of.method, of.client()]);
        expect(Date.parse(read.time)).toBe(of.at);
        expect(read.durationMs).toBeCloseTo(of.durationMs, 2);
        expect(read.bytes).toBe(Number.isNaN(of.bytes) ? undefined : of.bytes);
      }),
    );
  });

  test("percent-encoding in a path stays", () => {
    const url = new URL("http://localhost/%0aGET%1b[2J?%0d%0a\u202e");
    expect(JSON.parse(jsonLine(record({ url }))).path).toBe("/%0aGET%1b[2J?%0d%0a%E2%80%AE");
  });
});
