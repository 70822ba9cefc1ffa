import type { Outcome } from "../observe/record.ts";

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

/** How often each word was the reason, since the start. */
export type Reasons = {
  readonly forwarded: Readonly<Record<string, number>>;
  readonly notStored: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
};

/** Of the origin's header sections, in ms; null while it was never asked. */
export type OriginLatency = {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
};

/** How many requests are under way to an origin that is not to see more than so many. */
export type LoadNumbers = {
  readonly most: number;
  readonly underWay: number;
  readonly waiting: number;
  readonly delayed: number;
  readonly shed: number;
};

/** What the origin says of how often it may be asked; times in ms since the epoch. */
export type QuotaNumbers = {
  /** That of which the least is left. */
  readonly strictest?: {
    readonly policy?: string;
    readonly limit?: number;
    readonly remaining: number;
    readonly resetsAt?: number;
  };
  readonly refusedUntil?: number;
  /** Requests that waited for their turn. */
  readonly delayed: number;
};

/** What `stats` tells, as far as this page shows it. */
export type Stats = {
  readonly name: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly origin: string;
  readonly requests: Readonly<Record<Outcome | "total", number>>;
  readonly hitRatio: number | null;
  /** `ms` is null as long as nobody knows how long the origin takes. */
  readonly saved: { readonly calls: number; readonly bytes: number; readonly ms: number | null };
  readonly reasons: Reasons;
  readonly originLatencyMs: OriginLatency;
  readonly cache: StoreNumbers;
  readonly store?: TierNumbers;
  readonly log: { readonly dropped: number };
  readonly workers?: readonly WorkerNumbers[];
  /** Absent where nobody looks at the origin's quotas. */
  readonly originQuota?: QuotaNumbers;
  /** Absent without --max-origin-connections. */
  readonly originLoad?: LoadNumbers;
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
