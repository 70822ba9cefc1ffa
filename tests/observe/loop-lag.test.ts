import { expect, test } from "bun:test";
import { LoopLag } from "../../src/observe/loop-lag.ts";

test("each look is due a quarter of a second after the last, and counts by how late it is", () => {
  let now = 0;
  using lag = new LoopLag(() => now);
  for (const after of [250, 249, 250.2, 1250]) {
    now += after;
    lag.look();
  }
  const { buckets, ms, worstMs } = lag.lag;
  expect(buckets.flatMap((count, bucket) => Array.from({ length: count }, () => bucket))).toEqual([0, 0, 2, 13]);
  expect(ms).toBeCloseTo(1000.2);
  expect(worstMs).toBe(1000);
});

test("the worst is that of the last ten seconds", () => {
  let now = 0;
  using lag = new LoopLag(() => now);
  for (const late of [90, ...Array.from({ length: 39 }, () => 3)]) {
    now += 250 + late;
    lag.look();
  }
  expect(lag.lag.worstMs).toBe(90);
  now += 251;
  lag.look();
  expect(lag.lag.worstMs).toBe(3);
});
