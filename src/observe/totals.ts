import { added, type Counted } from "./counters.ts";
import { Histogram, type Tallies } from "./histogram.ts";
import { FAILURES, FORWARD_REASONS, NOT_STORED } from "./labels.ts";
import type { Outcome } from "./record.ts";

/** How long the origin took to send its header section, in milliseconds; null while it was never asked. */
export type OriginLatency = {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
};

/** What the cache spared the origin and those who wait for it. */
export type Saved = {
  /** Requests that were answered without asking the origin. */
  readonly calls: number;
  /** Content that came from the cache instead of from the origin. */
  readonly bytes: number;
  /** An estimate: as long as the origin took on average, for each of the calls; null while it was never asked. */
  readonly ms: number | null;
};

/** How often which reason was given; those that never were are left out. */
export type Reasons = {
  /** Why the origin was asked, in RFC 9211's words. */
  readonly forwarded: Readonly<Record<string, number>>;
  /** Why what it said was not stored. */
  readonly notStored: Readonly<Record<string, number>>;
  /** What went wrong. */
  readonly failed: Readonly<Record<string, number>>;
};

/** What the exchanges since the start add up to. */
export type Totals = {
  readonly requests: Readonly<Record<Outcome | "total", number>>;
  /** Share of requests that the origin was not asked for; null before the first. */
  readonly hitRatio: number | null;
  readonly bytesSaved: number;
  readonly saved: Saved;
  /** Requests that another one's brought the answer for. */
  readonly collapsed: number;
  readonly reasons: Reasons;
  readonly originLatencyMs: OriginLatency;
};

/** What one process has counted, or several together. */
export function totalsOf(counted: readonly Counted[]): Totals {
  const all = added(counted);
  const { requests, bytesSaved, collapsed } = all;
  const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const served = requests.hit + requests.stale;
  return {
    requests: { total, ...requests },
    hitRatio: total === 0 ? null : served / total,
    bytesSaved,
    saved: savedBy(all),
    collapsed,
    reasons: {
      forwarded: named(FORWARD_REASONS, all.forwards),
      notStored: named(NOT_STORED, all.notStored),
      failed: named(FAILURES, all.failures),
    },
    originLatencyMs: latencyOf(all.origin),
  };
}

/** What the cache spared, by what was counted. */
export function savedBy({ requests, standIns, bytesSaved, originMs, originTimes }: Counted): Saved {
  const calls = requests.hit + requests.stale - standIns;
  const asked = originTimes.reduce((sum, count) => sum + count, 0);
  return { calls, bytes: bytesSaved, ms: asked === 0 ? null : Math.round((calls * originMs) / asked) };
}

function named(words: readonly string[], counts: readonly number[]): Readonly<Record<string, number>> {
  const pairs = words.map((word, i): [string, number] => [word, counts[i] ?? 0]);
  return Object.fromEntries(pairs.filter(([, count]) => count > 0));
}

function latencyOf(tallies: Tallies): OriginLatency {
  const origin = new Histogram();
  origin.merge(tallies);
  const { count } = origin;
  if (count === 0) return { count: 0, p50: null, p90: null, p99: null, max: null };
  const [p50 = 0, p90 = 0, p99 = 0] = origin.percentiles([0.5, 0.9, 0.99]);
  return { count, p50: p50 / 1000, p90: p90 / 1000, p99: p99 / 1000, max: origin.max / 1000 };
}
