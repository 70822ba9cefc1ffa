import type { Outcome } from "../observe/record.ts";
import type { Totals } from "../observe/totals.ts";

/** What a store holds and did. */
export type StoreNumbers = {
  readonly entries?: number;
  readonly bytes?: number;
  readonly maxBytes?: number;
  readonly evictions?: number;
  readonly expired?: number;
  readonly errors: number;
};

/** A tier below the memory. */
export type TierNumbers = StoreNumbers & {
  readonly name: string;
  readonly state: "working" | "failing";
  readonly droppedWrites: number;
  readonly damaged?: number;
};

/** One worker process. */
export type WorkerNumbers = {
  readonly worker: number;
  readonly pid: number;
  readonly restarts: number;
  readonly uptimeSeconds: number;
  readonly requests: number;
  readonly entries: number;
  readonly unconfirmedInvalidations: number;
  readonly residentBytes: number;
  /** How late its event loop was at worst in the last ten seconds. */
  readonly worstLagMs: number;
};

/** What `stats` tells, as far as this page shows it. */
export type Stats = Totals & {
  readonly name: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly origin: string;
  readonly cache: StoreNumbers;
  readonly store?: TierNumbers;
  readonly log: { readonly dropped: number };
  readonly workers?: readonly WorkerNumbers[];
};

/** Outcomes in the order in which they are listed and stacked: what the cache answered first. */
export const OUTCOMES = [
  "hit",
  "revalidated",
  "stale",
  "miss",
  "bypass",
  "error",
] as const satisfies readonly Outcome[];
