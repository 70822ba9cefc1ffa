import { expect, test } from "bun:test";
import fc from "fast-check";
import { ExpiryHeap } from "../../../src/store/memory/expiry-heap.ts";
import { NONE } from "../../../src/store/memory/numbers.ts";

function drain(heap: ExpiryHeap): number[] {
  const out: number[] = [];
  for (let next = heap.popExpired(Infinity); next !== NONE; next = heap.popExpired(Infinity)) out.push(next);
  return out;
}

test("nothing is expired in an empty heap, or before its time; at its time it is", () => {
  const heap = new ExpiryHeap();
  expect(heap.popExpired(5)).toBe(NONE);
  heap.push(7, 10);
  expect(heap.popExpired(9)).toBe(NONE);
  expect(heap.popExpired(10)).toBe(7);
  expect(heap.popExpired(10)).toBe(NONE);
});

// Few different times, so that many items expire at once.
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("push" as const), expires: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("remove" as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("pop" as const), now: fc.nat(40) }) },
);

test("it does what a sorted list does, whatever is pushed, removed and popped", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
      const heap = new ExpiryHeap();
      let model: { readonly item: number; readonly expires: number }[] = [];
      let last = 0;
      for (const step of steps) {
        if (step.type === "push") {
          const pushed = { item: ++last, expires: step.expires };
          heap.push(pushed.item, pushed.expires);
          model = [...model, pushed].sort((a, b) => a.expires - b.expires);
        } else if (step.type === "remove") {
          const removed = model[step.which % model.length];
          if (removed !== undefined) heap.remove(removed.item);
          model = model.filter((other) => other !== removed);
        } else {
          const popped = heap.popExpired(step.now);
          const [first] = model;
          // Of those that expire at once any may come first.
          const found = model.find(({ item }) => item === popped);
          expect(found?.expires).toBe(first !== undefined && first.expires <= step.now ? first.expires : undefined);
          expect(popped === NONE || found !== undefined).toBe(true);
          model = model.filter((other) => other !== found);
        }
      }
      const rest = drain(heap);
      const expires = new Map(model.map((each) => [each.item, each.expires]));
      expect(rest.map((item) => expires.get(item))).toEqual(model.map((each) => each.expires));
      expect(new Set(rest)).toEqual(new Set(expires.keys()));
    }),
    { numRuns: 500 },
  );
});

test("what fills the gap goes up where it expires before what is above the gap", () => {
  const heap = new ExpiryHeap();
  for (const expires of [1, 50, 2, 60, 70, 3, 4]) heap.push(expires, expires);
  heap.remove(60);
  expect(drain(heap)).toEqual([1, 2, 3, 4, 50, 70]);
});

test("removing what is not there, or no longer, changes nothing", () => {
  const heap = new ExpiryHeap();
  heap.push(1, 1);
  heap.push(2, 2);
  heap.remove(3);
  heap.remove(1);
  heap.remove(1);
  expect(drain(heap)).toEqual([2]);
  heap.remove(2);
  heap.push(3, 3);
  expect(drain(heap)).toEqual([3]);
});

test("fifty thousand come and most go again: what is left comes out in its order", () => {
  const heap = new ExpiryHeap();
  const items = Array.from({ length: 50_000 }, (_, i) => i + 1);
  const expiresOf = (item: number): number => (item * 7919) % 50_021;
  for (const item of items) heap.push(item, expiresOf(item));
  for (const item of items.slice(0, 40_000)) heap.remove(item);
  expect(drain(heap)).toEqual(items.slice(40_000).sort((a, b) => expiresOf(a) - expiresOf(b)));
});

test("clear lets go of everything, and what it let go of can be removed and pushed again", () => {
  const heap = new ExpiryHeap();
  heap.push(1, 1);
  heap.clear();
  expect(heap.popExpired(2)).toBe(NONE);
  heap.push(2, 2);
  heap.remove(1);
  heap.push(1, 1);
  expect(drain(heap)).toEqual([1, 2]);
});
