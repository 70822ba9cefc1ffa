import type { Counted } from "../observe/counters.ts";
import { type Totals, totalsOf } from "../observe/totals.ts";
import type { StoreStats } from "../store/store.ts";
import { sharedTier, type TierStats } from "../store/tier-stats.ts";

/** What a store did, and how often it failed. */
type CacheStatistics = StoreStats & { readonly errors: number };

/** What one process has to say for itself; several of these add up. */
export type Share = {
  /** The worker's number; 0 for a process that is alone. */
  readonly worker: number;
  readonly pid: number;
  readonly restarts: number;
  readonly uptimeSeconds: number;
  readonly counted: Counted;
  readonly cache: CacheStatistics;
  /** The tier below the memory, which processes share; undefined where there is none. */
  readonly store: TierStats | undefined;
  readonly log: { readonly dropped: number };
  /** How often a request went on before all other workers had said that they let go of what it invalidated. */
  readonly unconfirmed: number;
};

/** What processes did together. */
export type Sum = Totals & Pick<Share, "cache" | "store" | "log">;

/** Adds the shares up. */
export function summed(shares: readonly Share[]): Sum {
  const total = (of: (share: Share) => number): number => shares.reduce((sum, share) => sum + of(share), 0);
  return {
    ...totalsOf(shares.map(({ counted }) => counted)),
    cache: {
      entries: total(({ cache }) => cache.entries),
      bytes: total(({ cache }) => cache.bytes),
      maxBytes: total(({ cache }) => cache.maxBytes),
      readyBytes: total(({ cache }) => cache.readyBytes ?? 0),
      evictions: total(({ cache }) => cache.evictions),
      expired: total(({ cache }) => cache.expired),
      errors: total(({ cache }) => cache.errors),
    },
    store: sharedTier(shares.map(({ store }) => store)),
    log: { dropped: total(({ log }) => log.dropped) },
  };
}

/** What is shown of each worker apart from the others. */
export type WorkerLine = Pick<Share, "worker" | "pid" | "restarts" | "uptimeSeconds"> & {
  readonly requests: number;
  readonly entries: number;
  readonly unconfirmedInvalidations: number;
};

/** The workers one by one, in the order of their numbers. */
export function workerLines(shares: readonly Share[]): readonly WorkerLine[] {
  return [...shares]
    .sort((a, b) => a.worker - b.worker)
    .map(({ worker, pid, restarts, uptimeSeconds, counted, cache, unconfirmed }) => ({
      worker,
      pid,
      restarts,
      uptimeSeconds,
      requests: totalsOf([counted]).requests.total,
      entries: cache.entries,
      unconfirmedInvalidations: unconfirmed,
    }));
}
