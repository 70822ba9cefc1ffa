import { expect, test } from "bun:test";
import { Garbage } from "../../src/proxy/garbage.ts";

const MB = 1024 * 1024;

/** Garbage up to 8 MB, whose collection takes so long; `collected` holds the times when it began. */
function garbage(takes: number) {
  const collected: number[] = [];
  const time = { now: 0 };
  const collect = () => {
    collected.push(time.now);
    time.now += takes;
  };
  return { time, collected, of: new Garbage({ bound: 8 * MB, collect, monotonic: () => time.now }) };
}

test("it is collected once it amounts to the bound, and counted anew", () => {
  const { of, collected, time } = garbage(0);
  for (let i = 1; i <= 20; i++) {
    time.now = i;
    of.add(2 * MB);
  }
  expect(collected).toEqual([4, 8, 12, 16, 20]);
});

test("small bodies are left to the engine", () => {
  const { of, collected } = garbage(0);
  for (let i = 0; i < 1000; i++) of.add(MB - 1);
  expect(collected).toEqual([]);
});

test("collecting takes at most a twentieth of the time, whatever comes", () => {
  const { of, collected, time } = garbage(10);
  for (; time.now < 10_000; time.now++) of.add(100 * MB);
  expect(collected.length * 10).toBeLessThanOrEqual(10_000 / 20);
  expect(collected.length).toBeGreaterThan(40);
});
