import type { Milliseconds } from "../http/date.ts";

/** What tells the series of a metric apart. */
export type Labels = Readonly<Record<string, string>>;

/** A metric with all that it says now, by Prometheus' conventions: base units, and `_total` behind what only grows. */
export type Metric =
  | {
      readonly type: "counter" | "gauge";
      readonly name: string;
      readonly help: string;
      readonly values: readonly { readonly labels: Labels; readonly value: number }[];
    }
  | {
      readonly type: "histogram";
      readonly name: string;
      readonly help: string;
      readonly series: readonly TimeSeries[];
    };

/** Times that were counted in the buckets of buckets.ts. */
export type TimeSeries = {
  readonly labels: Labels;
  readonly buckets: readonly number[];
  /** All of them added up. */
  readonly ms: Milliseconds;
};

/** A number that stands alone. */
export function single(type: "counter" | "gauge", name: string, help: string, value: number): Metric {
  return { type, name, help, values: [{ labels: {}, value }] };
}

/** A number for each of several words. */
export function byWord(
  name: string,
  help: string,
  label: string,
  words: readonly string[],
  counts: readonly number[],
): Metric {
  return {
    type: "counter",
    name,
    help,
    values: words.map((word, i) => ({ labels: { [label]: word }, value: counts[i] ?? 0 })),
  };
}

/** A number of each of several things, as far as it is known of them. */
export function ofEach<T>(
  type: "counter" | "gauge",
  name: string,
  help: string,
  things: readonly T[],
  labels: (thing: T) => Labels,
  value: (thing: T) => number | undefined,
): Metric {
  const values = things.flatMap((thing) => {
    const known = value(thing);
    return known === undefined ? [] : [{ labels: labels(thing), value: known }];
  });
  return { type, name, help, values };
}
