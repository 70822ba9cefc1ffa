import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Expiring, ExpiryHeap } from "../../src/store/expiry-heap.ts";

type Item = Expiring & { readonly id: number };

function item(expires: number, id = 0): Item {
  return { expires, id, gone: false };
}

function drain(heap: ExpiryHeap<Item>, now = Number.POSITIVE_INFINITY): Item[] {
  const out: Item[] = [];
  for (let next = heap.popExpired(now); next !== undefined; next = heap.popExpired(now)) out.push(next);
  return out;
}

test("nothing is expired in an empty heap, or before its time; at its time it is", () => {
  const heap = new ExpiryHeap<Item>();
  expect(heap.popExpired(5)).toBeUndefined();
  const only = item(10);
  heap.push(only);
  expect(heap.popExpired(9)).toBeUndefined();
  expect(heap.popExpired(10)).toBe(only);
  expect(heap.popExpired(10)).toBeUndefined();
});

test("items come out by expiry, each once, those that are gone never", () => {
  const times = fc.array(fc.record({ expires: fc.integer(), gone: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(times, fc.integer(), (sketches, now) => {
      const heap = new ExpiryHeap<Item>();
      const items = sketches.map(({ expires }, id) => item(expires, id));
      for (const each of items) heap.push(each);
      for (const [i, each] of items.entries()) {
        if (sketches[i]?.gone !== true) continue;
        each.gone = true;
        heap.noteGone();
      }
      const living = items.filter(({ gone }) => !gone);
      const early = drain(heap, now);
      expect(early.every(({ expires }) => expires <= now)).toBe(true);
      const out = [...early, ...drain(heap)];
      expect(out.map(({ expires }) => expires)).toEqual(living.map(({ expires }) => expires).sort((a, b) => a - b));
      expect(new Set(out)).toEqual(new Set(living));
    }),
  );
});

test("once most are gone the heap is built anew, in order, and goes on", () => {
  const heap = new ExpiryHeap<Item>();
  const items = Array.from({ length: 4000 }, (_, id) => item((id * 7919) % 4001, id));
  for (const each of items) heap.push(each);
  for (const each of items.slice(0, 3000)) {
    each.gone = true;
    heap.noteGone();
  }
  heap.push(item(-1, 9999));
  const out = drain(heap);
  expect(out).toHaveLength(1001);
  expect(out[0]?.id).toBe(9999);
  expect(out.map(({ expires }) => expires)).toEqual(out.map(({ expires }) => expires).toSorted((a, b) => a - b));
});

test("what is gone is not held for ever, though its time is far off", () => {
  let looks = 0;
  class Gone implements Expiring {
    readonly expires = 1e15;
    get gone(): boolean {
      looks++;
      return true;
    }
  }
  const heap = new ExpiryHeap<Gone>();
  for (let i = 0; i < 20_000; i++) {
    heap.push(new Gone());
    heap.noteGone();
  }
  // Coming to the end of the heap takes a look at each that is left in it.
  looks = 0;
  expect(heap.popExpired(Number.POSITIVE_INFINITY)).toBeUndefined();
  expect(looks).toBeLessThan(3000);
});

test("clear forgets everything", () => {
  const heap = new ExpiryHeap<Item>();
  heap.push(item(1));
  heap.clear();
  expect(heap.popExpired(2)).toBeUndefined();
});
