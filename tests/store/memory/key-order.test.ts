import { expect, test } from "bun:test";
import fc from "fast-check";
import { writtenKey } from "../../../src/caching/key.ts";
import { KeyOrder, next, type Ordered } from "../../../src/store/memory/key-order.ts";

class Item implements Ordered<Item> {
  block: Ordered<Item>["block"] = undefined;
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }

  compareKey(key: string): number {
    return this.key < key ? -1 : this.key > key ? 1 : 0;
  }
}

test("it does what a sorted list does, whatever comes and goes", () => {
  const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "\u00e9", "\ud83d\ude00"), maxLength: 5 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 300 }), key, (steps, asked) => {
      const order = new KeyOrder<Item>();
      const items = new Map<string, Item>();
      for (const [comes, name] of steps) {
        const there = items.get(name);
        if (comes && there === undefined) {
          const item = new Item(name);
          items.set(name, item);
          order.add(name, item);
        } else if (!comes && there !== undefined) {
          items.delete(name);
          order.delete(there);
        }
      }
      const sorted = [...items.keys()].sort();
      const names = (found: Iterable<Item>): string[] => [...found].map((item) => item.key);
      expect(names(order.from(""))).toEqual(sorted);
      expect(names(order.from(asked))).toEqual(sorted.filter((name) => name >= asked));
      expect(names(order.from(next(asked)))).toEqual(sorted.filter((name) => name > asked));
      const range = { prefix: asked, after: undefined, limit: 3 };
      const isOdd = (item: Item): boolean => item.key.length % 2 === 1;
      expect<readonly string[]>(order.page(range, isOdd)).toEqual(
        sorted.filter((name) => name.startsWith(asked) && name.length % 2 === 1).slice(0, 3),
      );
    }),
  );
});

test("twenty thousand come, most go, and some come again: all are in order", () => {
  const order = new KeyOrder<Item>();
  const items = Array.from({ length: 20_000 }, (_, i) => new Item(`/${(i * 7919) % 20_000}`));
  for (const item of items) order.add(item.key, item);
  const gone = items.filter((_, i) => i % 50 !== 0);
  for (const item of gone) order.delete(item);
  const back = gone.slice(0, 3000);
  for (const item of back) order.add(item.key, item);
  const left = [...items.filter((_, i) => i % 50 === 0), ...back].map(({ key }) => key).sort();
  expect([...order.from("")].map(({ key }) => key)).toEqual(left);
  order.clear();
  expect([...order.from("")]).toEqual([]);
});

test("a page begins behind a key that is gone", () => {
  const order = new KeyOrder<Item>();
  for (const name of ["a", "c", "d"]) order.add(name, new Item(name));
  const page = order.page({ prefix: "", after: writtenKey("b"), limit: 1 }, () => true);
  expect<readonly string[]>(page).toEqual(["c"]);
});
