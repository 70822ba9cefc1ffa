import type { Milliseconds } from "../http/date.ts";
import { type AddressFigures, joinedHealth } from "../http/origin-health.ts";
import { joinedLoad, type OriginLoad } from "../http/origin-load.ts";
import { joinedFigures, type QuotaFigures } from "../http/quota.ts";
import { joinedRuleFigures, type RuleFigures } from "../http/rule-figures.ts";
import { added, type Counted } from "../observe/counters.ts";
import { type Totals, totalsOf } from "../observe/totals.ts";
import type { Vitals } from "../observe/vitals.ts";
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
  /** How often the memory tier failed, which `cache.errors` has in it. */
  readonly memoryErrors: number;
  /** The tier below the memory, which processes share; undefined where there is none. */
  readonly store: TierStats | undefined;
  readonly log: { readonly dropped: number };
  /** How often a request went on before all other workers had said that they let go of what it invalidated. */
  readonly unconfirmed: number;
  /** What it knows of the origin's quotas; undefined where it does not look. */
  readonly quota: QuotaFigures | undefined;
  /** Its rules with their counts; undefined where there are none. */
  readonly rules: RuleFigures | undefined;
  /** How busy the origin is with its requests; undefined where they have no bound. */
  readonly load: OriginLoad | undefined;
  /** How the addresses of origins stand; undefined where nobody looks. */
  readonly origins: readonly AddressFigures[] | undefined;
  readonly vitals: Vitals;
};

/** What processes did together. */
export type Sum = Totals &
  Pick<Share, "cache" | "store" | "log"> & {
    readonly originQuota: Share["quota"];
    readonly originLoad: Share["load"];
    readonly origins: Share["origins"];
  };

/** Adds the shares up. */
export function summed(shares: readonly [Share, ...Share[]]): Sum {
  const { counted, cache, store, log, quota, load, origins } = joined(shares);
  return { ...totalsOf([counted]), cache, store, log, originQuota: quota, originLoad: load, origins };
}

/** Several shares as one: what they did and hold adds up, all else is the first one's. */
export function joined(shares: readonly [Share, ...Share[]]): Share {
  const total = (of: (share: Share) => number): number => shares.reduce((sum, share) => sum + of(share), 0);
  return {
    ...shares[0],
    counted: added(shares.map(({ counted }) => counted)),
    cache: {
      entries: total(({ cache }) => cache.entries),
      bytes: total(({ cache }) => cache.bytes),
      maxBytes: total(({ cache }) => cache.maxBytes),
      readyBytes: total(({ cache }) => cache.readyBytes ?? 0),
      evictions: total(({ cache }) => cache.evictions),
      expired: total(({ cache }) => cache.expired),
      errors: total(({ cache }) => cache.errors),
    },
    memoryErrors: total(({ memoryErrors }) => memoryErrors),
    store: sharedTier(shares.map(({ store }) => store)),
    log: { dropped: total(({ log }) => log.dropped) },
    unconfirmed: total(({ unconfirmed }) => unconfirmed),
    quota: joinedFigures(shares.map(({ quota }) => quota)),
    rules: joinedRuleFigures(shares.map(({ rules }) => rules)),
    load: joinedLoad(shares.map(({ load }) => load)),
    origins: joinedHealth(shares.map(({ origins }) => origins)),
  };
}

/** What is left of a process that is gone: what it did, and nothing that it held. */
export function past(share: Share): Share {
  const { cache, store, quota, load, origins } = share;
  return {
    ...share,
    cache: { ...cache, entries: 0, bytes: 0, maxBytes: 0, readyBytes: 0 },
    store: store && { ...store, state: "working" },
    quota: quota && { delayed: quota.delayed },
    load: load && { ...load, most: 0, underWay: 0, waiting: 0 },
    origins: origins?.map((each) => ({ ...each, state: "well" })),
  };
}

/** What is shown of each worker apart from the others. */
export type WorkerLine = Pick<Share, "worker" | "pid" | "restarts" | "uptimeSeconds"> & {
  readonly requests: number;
  readonly entries: number;
  readonly unconfirmedInvalidations: number;
  readonly residentBytes: number;
  /** How late its event loop was at worst in the last ten seconds. */
  readonly worstLagMs: Milliseconds;
};

/** The workers one by one, in the order of their numbers. */
export function workerLines(shares: readonly Share[]): readonly WorkerLine[] {
  return [...shares]
    .sort((a, b) => a.worker - b.worker)
    .map(({ worker, pid, restarts, uptimeSeconds, counted, cache, unconfirmed, vitals }) => ({
      worker,
      pid,
      restarts,
      uptimeSeconds,
      requests: totalsOf([counted]).requests.total,
      entries: cache.entries,
      unconfirmedInvalidations: unconfirmed,
      residentBytes: vitals.residentBytes,
      worstLagMs: vitals.lag.worstMs,
    }));
}
