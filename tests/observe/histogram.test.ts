import { expect, test } from "bun:test";
import fc from "fast-check";
import { Histogram } from "../../src/observe/histogram.ts";

const values = fc.array(fc.integer({ min: 1, max: 20_000_000_000 }), { minLength: 1, maxLength: 200 });
const SHARES = [0, 0.5, 0.9, 0.99, 1];

function filled(numbers: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const number of numbers) histogram.record(number);
  return histogram;
}

test("nothing recorded: zeros", () => {
  const histogram = new Histogram();
  expect([histogram.count, histogram.max, histogram.percentiles(SHARES)]).toEqual([0, 0, [0, 0, 0, 0, 0]]);
});

test("a percentile is that of the sorted values, to a thousandth of its size", () => {
  fc.assert(
    fc.property(values, (numbers) => {
      const histogram = filled(numbers);
      const sorted = [...numbers].sort((a, b) => a - b);
      const found = histogram.percentiles(SHARES);
      for (const [i, share] of SHARES.entries()) {
        const meant = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
        expect(Math.abs((found[i] ?? 0) - meant)).toBeLessThanOrEqual(meant / 1000);
      }
      expect([histogram.count, histogram.max]).toEqual([numbers.length, Math.max(...numbers)]);
    }),
  );
});

test("several that went through JSON add up to what one would have counted", () => {
  fc.assert(
    fc.property(values, values, (some, others) => {
      const merged = new Histogram();
      for (const part of [some, others]) merged.merge(JSON.parse(JSON.stringify(filled(part).tallies())));
      const whole = filled([...some, ...others]);
      expect(merged.percentiles(SHARES)).toEqual(whole.percentiles(SHARES));
      expect([merged.count, merged.max]).toEqual([whole.count, whole.max]);
    }),
  );
});
