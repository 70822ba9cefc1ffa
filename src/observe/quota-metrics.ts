import type { QuotaFigures } from "../http/quota.ts";
import { type Metric, ofEach, single } from "./metric.ts";

/** What is known of the origin's quotas, the strictest of them. Policies are the origin's words, and so no labels. */
export function ofQuota(quota: QuotaFigures): readonly Metric[] {
  const gauge = (name: string, help: string, value: (of: QuotaFigures) => number | undefined): Metric =>
    ofEach("gauge", `caching_proxy_origin_${name}`, help, [quota], () => ({}), value);
  return [
    gauge(
      "quota_limit",
      "Requests that the origin allows, by the strictest of its quotas.",
      (of) => of.strictest?.limit,
    ),
    gauge("quota_remaining", "What is left of that.", (of) => of.strictest?.remaining),
    gauge("quota_reset_seconds", "When there is as much as ever again, since the epoch.", (of) =>
      inSeconds(of.strictest?.resetsAt),
    ),
    gauge(
      "refused_until_seconds",
      "Until when the origin has refused requests, since the epoch; absent where it has not.",
      (of) => inSeconds(of.refusedUntil),
    ),
    single(
      "counter",
      "caching_proxy_quota_delays_total",
      "Requests that waited for a while, so that what is left of a quota lasts.",
      quota.delayed,
    ),
  ];
}

function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
