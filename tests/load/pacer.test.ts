import { expect, test } from "bun:test";
import { Pacer } from "../../bench/load/pacer.ts";

function dueAt(pacer: Pacer, now: number): number[] {
  const due: number[] = [];
  for (let next = pacer.next(now); next !== undefined; next = pacer.next(now)) due.push(next);
  return due;
}

test("each request has its time, which no delay of those before moves", () => {
  const pacer = new Pacer(1000, 100, 0.06);
  expect(dueAt(pacer, 999)).toEqual([]);
  expect(dueAt(pacer, 1000)).toEqual([1000]);
  expect(dueAt(pacer, 1009)).toEqual([]);
  // Looked at late: all that have become due, at their own times.
  expect(dueAt(pacer, 1035)).toEqual([1010, 1020, 1030]);
  expect(pacer.isOver).toBe(false);
  expect(dueAt(pacer, 9999)).toEqual([1040, 1050]);
  expect(pacer.isOver).toBe(true);
});
