import { Counters } from "../../src/observe/counters.ts";
import type { Figures } from "../../src/observe/metrics.ts";
import { HIT, record } from "./records.ts";

/** Figures of a proxy of two workers, one of which does not answer, with a tier below the memory. */
export function figures(): Figures {
  const counters = new Counters();
  counters.count(record({ outcome: "hit", durationMs: 0.2, bytes: 10, cacheStatus: { ...HIT, tier: "memory" } }));
  counters.count(record({ outcome: "hit", durationMs: 20_000, bytes: 10, cacheStatus: { ...HIT, tier: "redis" } }));
  const cacheStatus = { type: "forward", fwd: "uri-miss", status: 200, stored: false, detail: "no-store" } as const;
  counters.count(record({ outcome: "miss", method: "BREW", status: 418, durationMs: 3, originMs: 2.5, cacheStatus }));
  return {
    version: '1.0.0 "x"\\\n',
    counted: counters.counted(),
    tiers: [
      { tier: "memory", up: true, entries: 1, bytes: 2, maxBytes: 3, evictions: 4, expired: 5, errors: 6 },
      { tier: "redis", up: false, errors: 7, damaged: 8, droppedWrites: 9 },
    ],
    workers: [
      {
        worker: 1,
        restarts: 2,
        vitals: {
          startSeconds: 1_700_000_000.5,
          cpuSeconds: 1.5,
          residentBytes: 1e9,
          heapBytes: 1e6,
          openFiles: 10,
          maxFiles: 1024,
          lag: { buckets: [4, 0, 1], ms: 0.5, worstMs: 0.2 },
        },
      },
      { worker: 2 },
    ],
    droppedLogLines: 11,
    unconfirmed: 12,
    quota: {
      strictest: { limit: 100, remaining: 13, resetsAt: 1_700_000_060_500 },
      delayed: 14,
      refusedUntil: 1_700_000_090_000,
    },
    rules: [
      { rule: "rules[0]", match: "/a", properties: ["ttl"], matches: 15, effects: { ttl: 2 } },
      { rule: "rules[1]", match: "*", properties: [], matches: 0, effects: {} },
    ],
    origins: [
      {
        ...{ origin: "http://a", address: "http://b", state: "open", since: 1_700_000_000_000 },
        ...{ asked: 24, failed: 25, repeated: 26 },
      },
    ],
    load: { most: 15, underWay: 16, waiting: 17, delayed: 18, shed: 19 },
  };
}
