import { Counters } from "../../src/observe/counters.ts";
import type { Vitals } from "../../src/observe/vitals.ts";
import type { Share } from "../../src/workers/share.ts";
import { record } from "../observe/records.ts";

export const VITALS: Vitals = {
  startSeconds: 1000,
  cpuSeconds: 2,
  residentBytes: 50_000,
  heapBytes: 20_000,
  lag: { buckets: [3, 1], ms: 0.2, worstMs: 0.1 },
};

/** What a worker says that has answered so many requests, each with the origin's help in so many ms, and one without. */
export function share(worker: number, originMs: readonly number[]): Share {
  const counters = new Counters();
  for (const ms of originMs) counters.count(record({ outcome: "miss", originMs: ms }));
  counters.count(record({ outcome: "hit", bytes: 10 }));
  return {
    ...{ worker, pid: 100 + worker, restarts: worker - 1, uptimeSeconds: 5, counted: counters.counted() },
    cache: { entries: worker, bytes: 10, maxBytes: 1000, evictions: 2, expired: 3, errors: 1 },
    memoryErrors: 1,
    store: undefined,
    log: { dropped: worker },
    unconfirmed: 4,
    quota: { strictest: { policy: "default", limit: 100, remaining: 10 * worker, resetsAt: 5000 }, delayed: worker },
    rules: undefined,
    origins: undefined,
    load: { most: 8, underWay: worker, waiting: 1, delayed: 3, shed: 2 },
    vitals: VITALS,
  };
}
