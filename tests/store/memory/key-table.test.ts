import { expect, test } from "bun:test";
import fc from "fast-check";
import { KeyTable } from "../../../src/store/memory/key-table.ts";
import { NONE, Numbers } from "../../../src/store/memory/numbers.ts";

test("it does what a map does, through many growths", () => {
  const key = fc.nat(3000).map((n) => `http://api.example.com/${n}`);
  const step = fc.record({ type: fc.constantFrom("add" as const, "add" as const, "delete" as const), key });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4000, size: "max" }), (steps) => {
      const keys = new Map<number, string>();
      const table = new KeyTable((item, key) => keys.get(item) === key);
      const numbers = new Numbers();
      const map = new Map<string, number>();
      for (const { type, key } of steps) {
        const there = map.get(key);
        expect(table.get(key)).toBe(there ?? NONE);
        if (type === "add" && there === undefined) {
          const item = numbers.take();
          keys.set(item, key);
          table.add(key, item);
          map.set(key, item);
        } else if (type === "delete" && there !== undefined) {
          table.delete(there);
          map.delete(key);
          keys.delete(there);
          numbers.giveBack(there);
        }
      }
      for (let n = 0; n <= 3000; n++) {
        const key = `http://api.example.com/${n}`;
        expect(table.get(key)).toBe(map.get(key) ?? NONE);
      }
      table.clear();
      for (const key of map.keys()) expect(table.get(key)).toBe(NONE);
    }),
    { numRuns: 20 },
  );
});
