import type { OriginLoad } from "../http/origin-load.ts";
import { type Metric, single } from "./metric.ts";

/** How busy the origin is with requests of ours. */
export function ofLoad({ most, underWay, waiting, delayed, shed }: OriginLoad): readonly Metric[] {
  const name = (end: string): string => `caching_proxy_origin_requests_${end}`;
  return [
    single("gauge", name("limit"), "Requests that may be under way to an origin at once.", most),
    single("gauge", name("under_way"), "Requests that are: sent, and not read to the end.", underWay),
    single("gauge", name("waiting"), "Requests that wait for one of those to end.", waiting),
    single("counter", name("delayed_total"), "Requests that had to wait for one of those to end.", delayed),
    single("counter", name("shed_total"), "Requests that were not sent, since none of those ended in time.", shed),
  ];
}
