import { expect, test } from "bun:test";
import { Refusals } from "../../../src/store/remote/refusals.ts";

test("that writes are refused is news once, and again after many that were taken", () => {
  const refusals = new Refusals();
  const take = (times: number): void => {
    for (let i = 0; i < times; i++) refusals.taken();
  };
  expect(refusals.refused()).toBe(true);
  take(99);
  expect(refusals.refused()).toBe(false);
  take(1);
  expect(refusals.refused()).toBe(false);
  take(100);
  expect(refusals.refused()).toBe(true);
});
