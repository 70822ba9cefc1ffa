import { Histogram, type Tallies } from "./histogram.ts";
import type { ExchangeRecord, Outcome } from "./record.ts";

/** How long the origin took to send its header section, in milliseconds; null while it was never asked. */
export type OriginLatency = {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
};

/** What the exchanges since the start add up to. */
export type Totals = {
  readonly requests: Readonly<Record<Outcome | "total", number>>;
  /** Share of requests that the origin was not asked for; null before the first. */
  readonly hitRatio: number | null;
  /** Content that came from the cache instead of from the origin. */
  readonly bytesSaved: number;
  readonly originLatencyMs: OriginLatency;
};

/** What one process has counted, as JSON carries it: several of these add up to totals. */
export type Counted = {
  readonly requests: Readonly<Record<Outcome, number>>;
  readonly bytesSaved: number;
  /** In microseconds. */
  readonly origin: Tallies;
};

/** Adds up exchange records. */
export class Counters {
  readonly #requests: Record<Outcome, number> = { hit: 0, miss: 0, stale: 0, revalidated: 0, bypass: 0, error: 0 };
  readonly #origin = new Histogram();
  #bytesSaved = 0;

  count(record: ExchangeRecord): void {
    this.#requests[record.outcome]++;
    if (FROM_CACHE.has(record.outcome)) this.#bytesSaved += record.bytes ?? 0;
    if (record.originMs !== undefined) this.#origin.record(Math.max(1, Math.round(record.originMs * 1000)));
  }

  counted(): Counted {
    return { requests: { ...this.#requests }, bytesSaved: this.#bytesSaved, origin: this.#origin.tallies() };
  }
}

/** What one process has counted, or several together. */
export function totalsOf(counted: readonly Counted[]): Totals {
  const requests = { total: 0, hit: 0, miss: 0, stale: 0, revalidated: 0, bypass: 0, error: 0 };
  const origin = new Histogram();
  let bytesSaved = 0;
  for (const one of counted) {
    for (const outcome of OUTCOMES) {
      requests[outcome] += one.requests[outcome];
      requests.total += one.requests[outcome];
    }
    bytesSaved += one.bytesSaved;
    origin.merge(one.origin);
  }
  const served = requests.hit + requests.stale;
  return {
    requests,
    hitRatio: requests.total === 0 ? null : served / requests.total,
    bytesSaved,
    originLatencyMs: latencyOf(origin),
  };
}

function latencyOf(origin: Histogram): OriginLatency {
  const { count } = origin;
  if (count === 0) return { count: 0, p50: null, p90: null, p99: null, max: null };
  const [p50 = 0, p90 = 0, p99 = 0] = origin.percentiles([0.5, 0.9, 0.99]);
  return { count, p50: p50 / 1000, p90: p90 / 1000, p99: p99 / 1000, max: origin.max / 1000 };
}

const OUTCOMES = ["hit", "miss", "stale", "revalidated", "bypass", "error"] as const satisfies readonly Outcome[];

/** Outcomes whose content came from the cache. */
const FROM_CACHE: ReadonlySet<Outcome> = new Set(["hit", "stale", "revalidated"]);
