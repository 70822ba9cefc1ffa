import { describe, expect, test } from "bun:test";
import { type Drawn, delaying, delayLength } from "../../src/rules/delay.ts";
import { seeded } from "../../src/rules/random.ts";
import { incoming, matched, still } from "./build.ts";

const many = (delay: Drawn): number[] => {
  const random = seeded(1);
  return Array.from({ length: 4000 }, () => delayLength(delay, random)).sort((a, b) => a - b);
};

test("a fixed one is always the same", () => {
  expect(new Set(many({ type: "fixed", ms: 5 }))).toEqual(new Set([5]));
});

test("of a range all lie in it, evenly", () => {
  const all = many({ type: "range", min: 100, max: 300 });
  expect([all[0], all.at(-1)].map((ms) => Math.round((ms ?? 0) / 10))).toEqual([10, 30]);
  expect(Math.round((all[2000] ?? 0) / 20)).toBe(10);
});

describe("lognormal", () => {
  test("half are shorter than the median, and the tail is as long as sigma says", () => {
    const all = many({ type: "lognormal", median: 100, sigma: 0.5 });
    const quantile = (share: number): number => (all[Math.floor(share * all.length)] ?? 0) / 100;
    expect(quantile(0.5)).toBeCloseTo(1, 1);
    // By the normal distribution: e^(0.5 × 1.28), e^(0.5 × 2.33).
    expect(Math.abs(quantile(0.9) - 1.9)).toBeLessThan(0.1);
    expect(Math.abs(quantile(0.99) - 3.2)).toBeLessThan(0.4);
  });

  test("none is longer than a timer can count", () => {
    expect(delayLength({ type: "lognormal", median: 2_000_000_000, sigma: 5 }, () => 0.999)).toBe(2_147_483_647);
  });
});

test("a request waits that long, and then goes on", async () => {
  const world = still([0.5]);
  const layer = delaying(matched({ delay: { type: "range", min: 0, max: 100 } }), world);
  const reply = { response: { status: 200, headers: new Headers(), body: null } };
  expect(await layer?.(() => reply)(incoming("/"))).toBe(reply);
  expect(world.paused).toEqual([50]);
});

test("a recorded one goes by once the answer is there, and no other is held back", async () => {
  const world = still();
  const layer = delaying(matched({ delay: { type: "recorded" } }), world);
  const reply = { response: { status: 200, headers: new Headers(), body: null } };
  expect(await layer?.(() => reply)(incoming("/"))).toBe(reply);
  expect(world.paused).toEqual([]);
  await layer?.(() => ({ ...reply, recordedMs: 35 }))(incoming("/"));
  expect(world.paused).toEqual([35]);
});

test("without a delay there is nothing to pass", () => {
  expect(delaying(matched({}), still())).toBeUndefined();
});
