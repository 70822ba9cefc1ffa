/** What a histogram has counted, as JSON carries it, so that those of several processes add up to what one would have counted. */
export type Tallies = {
  readonly max: number;
  /** Numbers of buckets, each with how many values fell into it. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
};

/** Buckets to each doubling: a percentile is right to a thousandth of its size. */
const STEPS = 1024;

/** Counts positive numbers by their size: exactly up to 1024, above that in buckets that grow with them. */
export class Histogram {
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** Zero where nothing was recorded. */
  get max(): number {
    return this.#max;
  }

  /** @param value a whole number from 1 on */
  record(value: number): void {
    this.#add(bucketOf(value), 1);
    this.#max = Math.max(this.#max, value);
  }

  /** Adds what another one has counted. */
  merge({ max, buckets }: Tallies): void {
    for (const [bucket, count] of buckets) this.#add(bucket, count);
    this.#max = Math.max(this.#max, max);
  }

  tallies(): Tallies {
    return { max: this.#max, buckets: [...this.#buckets] };
  }

  /**
   * The smallest recorded sizes below or at which these shares of all values lie.
   * @param shares from 0 to 1, ascending
   * @returns as many as there are shares, zero where nothing was recorded
   */
  percentiles(shares: readonly number[]): readonly number[] {
    const sorted = [...this.#buckets].sort(([a], [b]) => a - b);
    let seen = 0;
    let at = 0;
    return shares.map((share) => {
      const wanted = Math.max(1, Math.ceil(share * this.#count));
      while (at < sorted.length && seen + (sorted[at]?.[1] ?? 0) < wanted) seen += sorted[at++]?.[1] ?? 0;
      const bucket = sorted[at]?.[0];
      return bucket === undefined ? this.#max : Math.min(this.#max, middleOf(bucket));
    });
  }

  #add(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.#count += count;
  }
}

function bucketOf(value: number): number {
  const doublings = Math.max(0, Math.floor(Math.log2(value / STEPS)));
  return doublings * STEPS + Math.floor(value / 2 ** doublings);
}

/** Undoes {@link bucketOf}: up to 2048 a bucket is one number, after that it is as wide as its numbers are often doubled. */
function middleOf(bucket: number): number {
  const doublings = Math.max(0, Math.floor(bucket / STEPS) - 1);
  const width = 2 ** doublings;
  return (bucket - doublings * STEPS) * width + (width - 1) / 2;
}
