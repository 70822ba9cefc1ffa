/**
 * The part of prom-client that is used: what prints metrics. Its own types are those of its whole, which takes 50 ms to load instead
 * of 4 and brings ways to count that we have; this is what lib/registry.js of 15.1.3 does, which is pinned.
 */
declare module "prom-client/lib/registry.js" {
  export type Labels = Readonly<Record<string, string>>;

  /** One line; `metricName` where it is another one than the metric's. */
  export type Value = { readonly value: number; readonly labels: Labels; readonly metricName?: string };

  export type Metric = {
    /** For OpenMetrics the registry cuts `_total` off a counter's. */
    name: string;
    readonly type: "counter" | "gauge" | "histogram";
    readonly get: () => Promise<{
      readonly name: string;
      readonly help: string;
      readonly type: string;
      readonly values: readonly Value[];
    }>;
  };

  export default class Registry {
    static readonly PROMETHEUS_CONTENT_TYPE: string;
    static readonly OPENMETRICS_CONTENT_TYPE: string;
    readonly contentType: string;
    constructor(contentType: string);
    registerMetric(metric: Metric): void;
    metrics(): Promise<string>;
  }
}
