import type { CacheKey } from "../caching/key.ts";
import type { Clock } from "../caching/moment.ts";
import { WriteBehind } from "./behind.ts";
import { Fence } from "./fence.ts";
import { fenced } from "./fenced.ts";
import { guarded, type StoreFailure } from "./guarded.ts";
import { KnownRules } from "./known-rules.ts";
import { evictionBy } from "./memory/eviction-by-name.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import { seldom } from "./seldom.ts";
import type { OpenTier } from "./tier.ts";
import type { TierStats } from "./tier-stats.ts";
import { tiers } from "./tiers.ts";
import { type VariedStore, varied } from "./varied.ts";

/** What the stores of a process are made from. */
export type StoreParts = {
  /** Bound of the memory tier in bytes, and the name of its order of eviction. */
  readonly maxSize: number;
  readonly eviction: Parameters<typeof evictionBy>[0];
  readonly moment: Clock;
  readonly tier: OpenTier | undefined;
};

/** The stores of a process, as the cache's path sees them. */
export type Stores = {
  /** All tiers. */
  readonly own: VariedStore;
  /** The memory alone, with the same memory of invalidations and rules. */
  readonly near: VariedStore;
  /** Resolves once what was put under a key before lies in the tier below the memory, if it is to. */
  readonly written: (key: CacheKey) => Promise<void>;
  /** How often the memory tier failed, or the one below it. */
  readonly errors: () => number;
  /** The memory tier alone. */
  readonly memoryErrors: () => number;
  /** Of the tier below the memory; undefined where there is none. */
  readonly below: () => Promise<TierStats> | undefined;
};

/** Bodies that may wait to be written below, in bytes: a share of the memory's bound, and what is of use at most. */
const WAITING_SHARE = 1 / 4;
const MOST_WAITING = 64 * 1024 * 1024;

/** Puts the tiers on top of each other, with what guards them. */
export function buildStores(
  { maxSize, eviction, moment, tier }: StoreParts,
  onError: (error: unknown) => void,
): Stores {
  const tell = seldom(onError, () => moment().steady);
  const failures = { memory: 0, below: 0 };
  const reportOf =
    (tier: keyof typeof failures) =>
    ({ operation, error }: StoreFailure): void => {
      failures[tier]++;
      tell(
        `the store failed to ${operation}: the request went on ${operation === "get" ? "as a miss" : "all the same"}`,
        error,
      );
    };
  const errors = (): number => failures.memory + failures.below;
  const memoryErrors = (): number => failures.memory;
  const fence = new Fence(() => moment().steady);
  const rules = new KnownRules();
  const memory = guarded(
    new MemoryStore(maxSize, () => moment().wall, evictionBy(eviction, maxSize)),
    reportOf("memory"),
  );
  const near = varied(fenced(memory, fence), rules);
  const counts = { errors, memoryErrors };
  if (tier === undefined) {
    return { own: near, near, written: () => Promise.resolve(), ...counts, below: () => undefined };
  }
  const { store, gather, batch, patience, name, ruleKeys = [] } = tier;
  // Else what lies there under shared keys would not be found.
  for (const key of ruleKeys) rules.learn(key, fence.now());
  const report = reportOf("below");
  const behind = new WriteBehind(store, {
    ...{ gather, batch, patience, fence },
    maxBytes: Math.min(maxSize * WAITING_SHARE, MOST_WAITING),
    report: (error) => report({ operation: "put", error }),
    sleep: (length) => Bun.sleep(length),
  });
  const own = varied(fenced(tiers(memory, guarded(behind, report), name, fence), fence), rules);
  const below = async (): Promise<TierStats> => {
    const { failures: untold = 0, unwritten = 0, ...known } = await tier.report();
    return { ...known, name, errors: failures.below + untold, droppedWrites: behind.dropped + unwritten };
  };
  return { own, near, written: (key) => behind.written(key), ...counts, below };
}
