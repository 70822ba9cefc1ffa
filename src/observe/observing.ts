import { after } from "../http/at-once.ts";
import type { Instant } from "../http/date.ts";
import type { Incoming, Layer } from "../http/exchange.ts";
import { type ExchangeRecord, recordOf } from "./record.ts";

/** Takes the record of each exchange; must not throw and must not wait. */
export type Sink = (record: ExchangeRecord) => void;

/** The lane that a request passes in; undefined in the default one. */
export type LaneNameOf = (incoming: Incoming) => string | undefined;

/**
 * Gives every sink the record of every exchange that passes.
 * @param laneOf undefined where there are no lanes
 */
export function observing(sinks: readonly Sink[], clock: () => Instant, laneOf?: LaneNameOf): Layer {
  return (next) => (incoming) => {
    const at = clock();
    const start = performance.now();
    return after(next(incoming), (reply) => {
      const record = recordOf(incoming, reply, at, performance.now() - start, laneOf?.(incoming));
      for (const sink of sinks) sink(record);
      return reply;
    });
  };
}
