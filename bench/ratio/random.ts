/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export type Random = () => number;

/** Ranks from 0 to `count - 1`, of which rank r comes in proportion to 1 / (r + 1) ** exponent. */
export function zipf(random: Random, count: number, exponent: number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1) ** exponent;
    sums[rank] = sum;
  }
  return () => {
    const at = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? sum) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** A number that is normally distributed around 0 with a deviation of 1 (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
