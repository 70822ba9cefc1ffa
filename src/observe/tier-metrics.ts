import { type Labels, type Metric, ofEach } from "./metric.ts";

/** What a tier says of itself; what it cannot know is absent. */
export type TierFigures = {
  readonly tier: string;
  readonly up: boolean;
  readonly entries?: number | undefined;
  readonly bytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly evictions?: number | undefined;
  readonly expired?: number | undefined;
  readonly errors: number;
  readonly damaged?: number | undefined;
  readonly droppedWrites?: number | undefined;
};

/** What the tiers say of themselves. */
export function ofTiers(tiers: readonly TierFigures[]): readonly Metric[] {
  const of = (
    type: "counter" | "gauge",
    name: string,
    help: string,
    value: (tier: TierFigures) => number | undefined,
  ): Metric => ofEach(type, `caching_proxy_${name}`, help, tiers, ({ tier }): Labels => ({ tier }), value);
  return [
    of("gauge", "cache_entries", "Stored responses, each variant for itself.", ({ entries }) => entries),
    of("gauge", "cache_bytes", "Bytes held: content, fields, keys and bookkeeping.", ({ bytes }) => bytes),
    of("gauge", "cache_max_bytes", "Bytes that may be held.", ({ maxBytes }) => maxBytes),
    of("counter", "cache_evictions_total", "Responses of use that made room for others.", (tier) => tier.evictions),
    of("counter", "cache_expired_total", "Expired responses that made room for others.", ({ expired }) => expired),
    of("gauge", "store_up", "1 where what was asked of the tier last worked, else 0.", ({ up }) => (up ? 1 : 0)),
    of("counter", "store_errors_total", "Operations of the tier that failed; each is a miss.", ({ errors }) => errors),
    of(
      "counter",
      "store_damaged_total",
      "Entries that were found torn or altered, and dropped.",
      (tier) => tier.damaged,
    ),
    of("counter", "store_dropped_writes_total", "Responses that could not be written.", (tier) => tier.droppedWrites),
  ];
}
