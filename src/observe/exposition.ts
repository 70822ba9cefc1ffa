/// <reference path="./prom-client.d.ts" />
import Registry, { type Value } from "prom-client/lib/registry.js";
import { TIME_BOUNDS } from "./buckets.ts";
import type { Metric, TimeSeries } from "./metric.ts";

/** Which of Prometheus' two text formats. */
export type ExpositionFormat = "prometheus" | "openmetrics";

/** What a scraper is answered with. */
export type Exposition = { readonly contentType: string; readonly text: string };

/** Prints metrics. */
export async function exposition(metrics: readonly Metric[], format: ExpositionFormat): Promise<Exposition> {
  const registry = new Registry(
    format === "openmetrics" ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
  );
  for (const metric of metrics) {
    const { type, help } = metric;
    const values = metric.type === "histogram" ? linesOf(metric.name, metric.series, format) : metric.values;
    // The registry may change the name before it asks.
    const registered = { name: metric.name, type, get: async () => ({ name: registered.name, help, type, values }) };
    registry.registerMetric(registered);
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}

function linesOf(name: string, all: readonly TimeSeries[], format: ExpositionFormat): readonly Value[] {
  return all.flatMap(({ labels, buckets, ms }) => {
    let count = 0;
    const lines = [...TIME_BOUNDS, undefined].map((bound, i): Value => {
      count += buckets[i] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: boundOf(bound, format) }, value: count };
    });
    return [
      ...lines,
      { metricName: `${name}_sum`, labels, value: ms / 1000 },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}

/** A bucket's upper bound in seconds; OpenMetrics wants to see that it is no integer. */
function boundOf(ms: number | undefined, format: ExpositionFormat): string {
  if (ms === undefined) return "+Inf";
  const seconds = String(ms / 1000);
  return format === "openmetrics" && !seconds.includes(".") ? `${seconds}.0` : seconds;
}
