import { createHistogram } from "node:perf_hooks";
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

/** Adds up exchange records. */
export class Counters {
  readonly #requests: Record<Outcome, number> = { hit: 0, miss: 0, stale: 0, revalidated: 0, bypass: 0, error: 0 };
  // Microseconds: the histogram takes whole numbers from 1 on, and loses what is above its highest.
  readonly #origin = createHistogram({ highest: LONGEST });
  #bytesSaved = 0;

  count(record: ExchangeRecord): void {
    this.#requests[record.outcome]++;
    if (FROM_CACHE.has(record.outcome)) this.#bytesSaved += record.bytes ?? 0;
    if (record.originMs !== undefined) this.#origin.record(inRange(record.originMs * 1000));
  }

  totals(): Totals {
    const requests = { total: Object.values(this.#requests).reduce((a, b) => a + b, 0), ...this.#requests };
    const served = requests.hit + requests.stale;
    return {
      requests,
      hitRatio: requests.total === 0 ? null : served / requests.total,
      bytesSaved: this.#bytesSaved,
      originLatencyMs: this.#latency(),
    };
  }

  #latency(): OriginLatency {
    const { count } = this.#origin;
    if (count === 0) return { count: 0, p50: null, p90: null, p99: null, max: null };
    const ms = (microseconds: number): number => microseconds / 1000;
    return {
      count,
      p50: ms(this.#origin.percentile(50)),
      p90: ms(this.#origin.percentile(90)),
      p99: ms(this.#origin.percentile(99)),
      max: ms(this.#origin.max),
    };
  }
}

/** An hour in microseconds; longer ones count as that. */
const LONGEST = 3_600_000_000;

function inRange(microseconds: number): number {
  return Math.min(LONGEST, Math.max(1, Math.round(microseconds)));
}

/** Outcomes whose content came from the cache. */
const FROM_CACHE: ReadonlySet<Outcome> = new Set(["hit", "stale", "revalidated"]);
