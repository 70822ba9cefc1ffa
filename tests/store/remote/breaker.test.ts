import { describe, expect, test } from "bun:test";
import { Breaker } from "../../../src/store/remote/breaker.ts";

/** A breaker whose pauses, probes and readiness are in the hands of the test. */
function harness() {
  const told: string[] = [];
  const pauses: number[] = [];
  let wake = Promise.withResolvers<void>();
  let now = 0;
  let works = false;
  let ready = true;
  const breaker = new Breaker({
    failures: 3,
    wait: { first: 10, most: 30 },
    steady: () => now,
    sleep: (length) => {
      pauses.push(length);
      return wake.promise;
    },
    probe: async () => {
      if (!works) throw new Error("no");
    },
    isReady: () => ready,
    onOpen: (error) => told.push(`open: ${error}`),
    onClose: () => told.push("closed"),
  });
  const next = async (): Promise<void> => {
    const { resolve } = wake;
    wake = Promise.withResolvers();
    resolve();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  /** Something that began some ms ago fails. */
  const fail = (error: string, ago: number): void => {
    now += 10;
    breaker.failed(error, now - ago);
  };
  return {
    ...{ breaker, told, pauses, next, fail },
    set: (state: { works: boolean; ready?: boolean }) => {
      works = state.works;
      ready = state.ready ?? true;
    },
  };
}

describe("a breaker", () => {
  test("opens after failures in a row, and says so once", () => {
    const { breaker, told, fail } = harness();
    for (let i = 0; i < 5; i++) {
      fail("a", 1);
      fail("b", 1);
      breaker.succeeded();
    }
    expect(breaker.isOpen).toBe(false);
    for (const error of ["c", "d", "e", "f"]) fail(error, 1);
    expect(breaker.isOpen).toBe(true);
    breaker.trip("g");
    expect(told).toEqual(["open: e"]);
  });

  test("counts what fails beside each other as one", () => {
    const { breaker, fail } = harness();
    for (let i = 0; i < 20; i++) fail("a", 10 * (i + 1));
    expect(breaker.isOpen).toBe(false);
    fail("b", 10);
    expect(breaker.isOpen).toBe(false);
    fail("c", 10);
    expect(breaker.isOpen).toBe(true);
  });

  test("probes by itself, ever more rarely, and closes when that works", async () => {
    const { breaker, told, pauses, next, set, fail } = harness();
    breaker.trip("x");
    for (let i = 0; i < 3; i++) await next();
    expect(pauses).toEqual([10, 20, 30, 30]);
    expect(breaker.isOpen).toBe(true);
    set({ works: true });
    await next();
    expect(breaker.isOpen).toBe(false);
    expect(told).toEqual(["open: x", "closed"]);
    fail("y", 1);
    expect(breaker.isOpen).toBe(false);
    breaker.trip("z");
    expect(pauses.at(-1)).toBe(10);
  });

  test("stays open while something has to be done first", async () => {
    const { breaker, next, set } = harness();
    breaker.trip("x");
    set({ works: true, ready: false });
    await next();
    expect(breaker.isOpen).toBe(true);
    set({ works: true });
    await next();
    expect(breaker.isOpen).toBe(false);
  });

  test("probes no more once it has ended", async () => {
    const { breaker, told, pauses, next, set } = harness();
    breaker.trip("x");
    set({ works: true });
    breaker.end();
    await next();
    expect(breaker.isOpen).toBe(true);
    expect(told).toEqual(["open: x"]);
    expect(pauses).toHaveLength(1);
  });
});
