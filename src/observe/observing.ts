import { after } from "../http/at-once.ts";
import type { Instant } from "../http/date.ts";
import type { Layer } from "../http/exchange.ts";
import { type ExchangeRecord, recordOf } from "./record.ts";

/** Takes the record of each exchange; must not throw and must not wait. */
export type Sink = (record: ExchangeRecord) => void;

/** Gives every sink the record of every exchange that passes. */
export function observing(sinks: readonly Sink[], clock: () => Instant): Layer {
  return (next) => (incoming) => {
    const at = clock();
    const start = performance.now();
    return after(next(incoming), (reply) => {
      const record = recordOf(incoming, reply, at, performance.now() - start);
      for (const sink of sinks) sink(record);
      return reply;
    });
  };
}
