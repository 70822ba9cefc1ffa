import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Expiring, ExpiryHeap } from "../../../src/store/memory/expiry-heap.ts";

function item(expires: number): Expiring {
  return { expires, at: -1 };
}

function drain(heap: ExpiryHeap<Expiring>): Expiring[] {
  const out: Expiring[] = [];
  for (let next = heap.popExpired(Infinity); next !== undefined; next = heap.popExpired(Infinity)) out.push(next);
  return out;
}

test("nothing is expired in an empty heap, or before its time; at its time it is", () => {
  const heap = new ExpiryHeap<Expiring>();
  expect(heap.popExpired(5)).toBeUndefined();
  const only = item(10);
  heap.push(only);
  expect(heap.popExpired(9)).toBeUndefined();
  expect(heap.popExpired(10)).toBe(only);
  expect(heap.popExpired(10)).toBeUndefined();
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
      const heap = new ExpiryHeap<Expiring>();
      let model: Expiring[] = [];
      for (const step of steps) {
        if (step.type === "push") {
          const pushed = item(step.expires);
          heap.push(pushed);
          model = [...model, pushed].sort((a, b) => a.expires - b.expires);
        } else if (step.type === "remove") {
          const removed = model[step.which % model.length];
          if (removed !== undefined) heap.remove(removed);
          model = model.filter((other) => other !== removed);
        } else {
          const popped = heap.popExpired(step.now);
          const first = model[0];
          // Of those that expire at once any may come first.
          expect(popped?.expires).toBe(first !== undefined && first.expires <= step.now ? first.expires : undefined);
          expect(popped === undefined || model.includes(popped)).toBe(true);
          model = model.filter((other) => other !== popped);
        }
      }
      const rest = drain(heap);
      expect(rest.map(({ expires }) => expires)).toEqual(model.map(({ expires }) => expires));
      expect(new Set(rest)).toEqual(new Set(model));
    }),
    { numRuns: 500 },
  );
});

test("what fills the gap goes up where it expires before what is above the gap", () => {
  const heap = new ExpiryHeap<Expiring>();
  const items = [1, 50, 2, 60, 70, 3, 4].map(item);
  for (const each of items) heap.push(each);
  const [, , , sixty] = items;
  if (sixty !== undefined) heap.remove(sixty);
  expect(drain(heap).map(({ expires }) => expires)).toEqual([1, 2, 3, 4, 50, 70]);
});

test("removing what is not there, or no longer, changes nothing", () => {
  const heap = new ExpiryHeap<Expiring>();
  const [first, second, stranger] = [item(1), item(2), { expires: 3, at: 0 }];
  heap.push(first);
  heap.push(second);
  heap.remove(stranger);
  heap.remove(first);
  heap.remove(first);
  expect(drain(heap)).toEqual([second]);
  heap.remove(second);
  heap.push(stranger);
  expect(drain(heap)).toEqual([stranger]);
});

test("no call looks at more than a few of very many items", () => {
  let looks = 0;
  class Counted implements Expiring {
    at = -1;
    readonly #expires: number;
    constructor(expires: number) {
      this.#expires = expires;
    }
    get expires(): number {
      looks++;
      return this.#expires;
    }
  }
  const heap = new ExpiryHeap<Counted>();
  const items = Array.from({ length: 50_000 }, (_, i) => new Counted((i * 7919) % 50_021));
  let most = 0;
  const watch = (call: () => void): void => {
    looks = 0;
    call();
    most = Math.max(most, looks);
  };
  for (const each of items) watch(() => heap.push(each));
  for (const each of items.slice(0, 40_000)) watch(() => heap.remove(each));
  for (let i = 0; i < 10_000; i++) watch(() => heap.popExpired(Infinity));
  expect(heap.popExpired(Infinity)).toBeUndefined();
  expect(most).toBeLessThan(80);
});

test("clear lets go of everything, and what it let go of can be removed and pushed again", () => {
  const heap = new ExpiryHeap<Expiring>();
  const [before, after] = [item(1), item(2)];
  heap.push(before);
  heap.clear();
  expect(heap.popExpired(2)).toBeUndefined();
  heap.push(after);
  heap.remove(before);
  heap.push(before);
  expect(drain(heap)).toEqual([before, after]);
});
