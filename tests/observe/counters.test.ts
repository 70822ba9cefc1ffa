import { expect, test } from "bun:test";
import fc from "fast-check";
import type { BypassReason } from "../../src/caching/bypass.ts";
import type { NotKept } from "../../src/caching/storable.ts";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import type { Detail } from "../../src/http/detail.ts";
import type { OriginFailure } from "../../src/http/origin.ts";
import { TIME_BOUNDS, TIME_BUCKETS, timeBucket } from "../../src/observe/buckets.ts";
import { added, type Counted, Counters } from "../../src/observe/counters.ts";
import { FAILURES, FORWARD_REASONS, METHODS, NOT_STORED, OUTCOMES, STATUS_CLASSES } from "../../src/observe/labels.ts";
import type { ExchangeRecord } from "../../src/observe/record.ts";
import { failureDetail } from "../../src/proxy/failure.ts";
import { record } from "./records.ts";

/** What is added up when other processes have counted it. */
function countedOf(records: readonly ExchangeRecord[]): Counted {
  const counters = new Counters();
  for (const one of records) counters.count(one);
  return JSON.parse(JSON.stringify(counters.counted()));
}

const cacheStatus: fc.Arbitrary<CacheStatus> = fc.oneof(
  fc.constant({ type: "hit", ttl: 1, key: "/" } as const),
  fc.record({
    type: fc.constant("forward" as const),
    fwd: fc.constantFrom(...FORWARD_REASONS),
    status: fc.constantFrom(200, 304, 500),
    stored: fc.boolean(),
    detail: fc.constantFrom<Detail>("no-store", "too-large", "end-not-provable", "origin-timeout", "websocket"),
  }),
  fc.record({ type: fc.constant("none" as const), detail: fc.constantFrom<Detail>("internal-error", "bad-request") }),
);
const records = fc.array(
  fc.record({
    method: fc.oneof(fc.constantFrom(...METHODS), fc.string()),
    status: fc.integer({ min: 101, max: 599 }),
    outcome: fc.constantFrom(...OUTCOMES),
    cacheStatus,
    // Halves add up to the same in any order.
    durationMs: fc.integer({ min: 0, max: 40_000 }).map((halves) => halves / 2),
    originMs: fc.option(fc.integer({ min: 0, max: 40_000 }), { nil: undefined }),
    bytes: fc.option(fc.nat(), { nil: undefined }),
  }),
);

test("what several processes count adds up to what one would have counted, and nothing is lost in the rows", () => {
  fc.assert(
    fc.property(records, records, (some, others) => {
      const all = countedOf([...some, ...others].map(record));
      const both = added([countedOf(some.map(record)), countedOf(others.map(record))]);
      const sorted = ({ origin, ...rest }: Counted) => ({
        ...rest,
        origin: { max: origin.max, buckets: [...origin.buckets].sort(([a], [b]) => a - b) },
      });
      expect(sorted(both)).toEqual(sorted(all));
      const sum = (row: readonly number[]): number => row.reduce((total, count) => total + count, 0);
      const count = some.length + others.length;
      expect([sum(all.answers), sum(all.times), sum(Object.values(all.requests))]).toEqual([count, count, count]);
      expect(sum(all.originTimes)).toBe(sum(all.origin.buckets.map(([, number]) => number)));
    }),
  );
});

test.each([
  ["GET", 200, 0, 1],
  ["HEAD", 304, 1, 2],
  ["PURGE", 599, 8, 4],
  ["BREW", 418, 9, 3],
  ["get", 100, 9, 0],
])("%s and %i have one place, whatever a client sends", (method, status, row, column) => {
  const { answers } = countedOf([record({ method, status })]);
  expect(answers).toHaveLength(METHODS.length * STATUS_CLASSES.length);
  expect(answers.indexOf(1)).toBe(row * STATUS_CLASSES.length + column);
});

test("a length that is none is not counted", () => {
  expect(countedOf([record({ bytes: Number.NaN }), record({ bytes: -1 }), record({ bytes: 5 })]).bytes[0]).toBe(5);
});

test.each([
  [0, 0],
  [0.05, 0],
  [0.0501, 1],
  [1, 4],
  [10_000, TIME_BOUNDS.length - 1],
  [10_001, TIME_BUCKETS - 1],
])("%d ms are in bucket %i: a bound belongs to what is below it", (ms, bucket) => {
  expect(timeBucket(ms)).toBe(bucket);
});

test("each reason not to store an answer has its word", () => {
  const reasons: Readonly<
    Record<NotKept | BypassReason | "query-too-large" | "content-unreadable" | "graphql-not-query", true>
  > = {
    method: true,
    "partial-content": true,
    "range-not-satisfiable": true,
    "not-modified": true,
    "request-no-store": true,
    "no-store": true,
    private: true,
    authorization: true,
    personal: true,
    "vary-star": true,
    "status-not-understood": true,
    "status-not-cacheable": true,
    "no-lifetime-and-no-validator": true,
    "too-large": true,
    "too-many-tags": true,
    "end-not-provable": true,
    "request-at-fault": true,
    invalidated: true,
    "ambiguous-url": true,
    "precondition-for-origin": true,
    "query-too-large": true,
    "content-unreadable": true,
    "graphql-not-query": true,
  };
  expect([...NOT_STORED].sort()).toEqual([...Object.keys(reasons), "other"].sort());
});

const failures: readonly OriginFailure[] = [
  { type: "unreachable", cause: "refused" },
  { type: "timeout", after: 1 },
  { type: "aborted" },
  { type: "loop" },
  { type: "unsupported-method" },
  ...(["refused", "overloaded", "scarce"] as const).map(
    (why) => ({ type: "rate-limited", why, retryAfter: 1 }) as const,
  ),
];
test.each(failures)("a failure that is $type has its word", (failure) => {
  expect(FAILURES).toContain(failureDetail(failure));
});
