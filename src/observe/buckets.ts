import type { Milliseconds } from "../http/date.ts";

/** Upper bounds of the buckets that times are counted in; above the last there is one more. */
export const TIME_BOUNDS: readonly Milliseconds[] = [
  ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500],
  ...[1000, 2500, 5000, 10_000],
];

/** How many buckets there are. */
export const TIME_BUCKETS = TIME_BOUNDS.length + 1;

const BOUNDS = Float64Array.from(TIME_BOUNDS);

/** The bucket of a time. What is short is found first: that is a hit. */
export function timeBucket(ms: Milliseconds): number {
  let bucket = 0;
  while (bucket < BOUNDS.length && ms > (BOUNDS[bucket] ?? 0)) bucket++;
  return bucket;
}
