import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Hashed, KeyTable } from "../../../src/store/memory/key-table.ts";

class Item implements Hashed<Item> {
  hash = 0;
  next: Item | undefined = undefined;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  hasKey(key: string): boolean {
    return key === this.name;
  }
}

test("it does what a map does, through many growths", () => {
  const key = fc.nat(3000).map((n) => `http://api.example.com/${n}`);
  const step = fc.record({ type: fc.constantFrom("add" as const, "add" as const, "delete" as const), key });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4000, size: "max" }), (steps) => {
      const table = new KeyTable<Item>();
      const map = new Map<string, Item>();
      for (const { type, key } of steps) {
        const there = map.get(key);
        expect(table.get(key)).toBe(there);
        if (type === "add" && there === undefined) {
          const item = new Item(key);
          table.add(key, item);
          map.set(key, item);
        } else if (type === "delete" && there !== undefined) {
          table.delete(there);
          map.delete(key);
        }
      }
      for (let n = 0; n <= 3000; n++) {
        const key = `http://api.example.com/${n}`;
        expect(table.get(key)).toBe(map.get(key));
      }
      table.clear();
      for (const key of map.keys()) expect(table.get(key)).toBeUndefined();
    }),
    { numRuns: 20 },
  );
});
