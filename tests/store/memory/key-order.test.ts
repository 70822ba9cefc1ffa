import { expect, test } from "bun:test";
import fc from "fast-check";
import { writtenKey } from "../../../src/caching/key.ts";
import { KeyOrder, next } from "../../../src/store/memory/key-order.ts";

/** An order of what has these keys, each known by its place among them. */
function orderOf(keys: readonly string[]): KeyOrder {
  const keyOf = (item: number): string => keys[item] ?? "";
  return new KeyOrder({ keyOf, compareKey: (item, key) => (keyOf(item) < key ? -1 : keyOf(item) > key ? 1 : 0) });
}

test("it does what a sorted list does, whatever comes and goes", () => {
  const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "\u00e9", "\ud83d\ude00"), maxLength: 5 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 300 }), key, (steps, asked) => {
      const known = [...new Set(steps.map(([, name]) => name))];
      const order = orderOf(known);
      const items = new Map<string, number>();
      for (const [comes, name] of steps) {
        const there = items.get(name);
        if (comes && there === undefined) {
          const item = known.indexOf(name);
          items.set(name, item);
          order.add(name, item);
        } else if (!comes && there !== undefined) {
          items.delete(name);
          order.delete(there);
        }
      }
      const sorted = [...items.keys()].sort();
      const names = (found: Iterable<number>): string[] => [...found].map((item) => known[item] ?? "");
      expect(names(order.from(""))).toEqual(sorted);
      expect(names(order.from(asked))).toEqual(sorted.filter((name) => name >= asked));
      expect(names(order.from(next(asked)))).toEqual(sorted.filter((name) => name > asked));
      const range = { prefix: asked, after: undefined, limit: 3 };
      const isOdd = (item: number): boolean => (known[item] ?? "").length % 2 === 1;
      expect<readonly string[]>(order.page(range, isOdd)).toEqual(
        sorted.filter((name) => name.startsWith(asked) && name.length % 2 === 1).slice(0, 3),
      );
    }),
  );
});

test("twenty thousand come, most go, and some come again: all are in order", () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `/${(i * 7919) % 20_000}`);
  const order = orderOf(keys);
  const add = (item: number): void => order.add(keys[item] ?? "", item);
  const items = [...keys.keys()];
  for (const item of items) add(item);
  const gone = items.filter((_, i) => i % 50 !== 0);
  for (const item of gone) order.delete(item);
  const back = gone.slice(0, 3000);
  for (const item of back) add(item);
  const left = [...items.filter((_, i) => i % 50 === 0), ...back].map((item) => keys[item]).sort();
  expect([...order.from("")].map((item) => keys[item])).toEqual(left);
  order.clear();
  expect([...order.from("")]).toEqual([]);
});

test("a page begins behind a key that is gone", () => {
  const keys = ["a", "c", "d"];
  const order = orderOf(keys);
  for (const [i, name] of keys.entries()) order.add(name, i);
  const page = order.page({ prefix: "", after: writtenKey("b"), limit: 1 }, () => true);
  expect<readonly string[]>(page).toEqual(["c"]);
});
