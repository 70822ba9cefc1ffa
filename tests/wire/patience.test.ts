import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { Patience } from "../../src/wire/patience.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function patience() {
  let late = 0;
  return { of: new Patience(1000, () => late++), late: () => late };
}

test("the origin's turn lasts as long as the limit and no longer", () => {
  const { of, late } = patience();
  of.begin();
  jest.advanceTimersByTime(999);
  expect(late()).toBe(0);
  jest.advanceTimersByTime(1);
  expect(late()).toBe(1);
});

test("what the client takes does not count, and each turn begins anew", () => {
  const { of, late } = patience();
  of.begin();
  jest.advanceTimersByTime(900);
  of.hold();
  jest.advanceTimersByTime(60_000);
  of.begin();
  jest.advanceTimersByTime(900);
  expect(late()).toBe(0);
  jest.advanceTimersByTime(100);
  expect(late()).toBe(1);
});

test("once it has answered nobody waits, though the upload goes on", () => {
  const { of, late } = patience();
  of.begin();
  of.end();
  of.hold();
  of.begin();
  jest.advanceTimersByTime(60_000);
  expect(late()).toBe(0);
});
