import type { AddressFigures } from "../http/origin-health.ts";
import { type Labels, type Metric, ofEach } from "./metric.ts";

/** How the addresses of origins stand. */
export function ofHealth(addresses: readonly AddressFigures[]): readonly Metric[] {
  const of = (
    type: "counter" | "gauge",
    name: string,
    help: string,
    value: (figures: AddressFigures) => number,
  ): Metric => ofEach(type, `caching_proxy_origin_address_${name}`, help, addresses, labelsOf, value);
  return [
    of("gauge", "up", "1 where requests are sent there, else 0.", ({ state }) => (state === "well" ? 1 : 0)),
    of("counter", "requests_total", "Requests that were sent there.", ({ asked }) => asked),
    of("counter", "failures_total", "Those without an answer, or with 502, 503 or 504.", ({ failed }) => failed),
    of("counter", "repeated_total", "Those that had failed before, there or elsewhere.", ({ repeated }) => repeated),
  ];
}

function labelsOf({ origin, address }: AddressFigures): Labels {
  return { origin, address };
}
