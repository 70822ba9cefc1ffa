import { expect, test } from "bun:test";
import fc from "fast-check";
import { LastFew } from "../../src/store/last-few.ts";

test("what was set last stays, each key once, and what goes is told", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.nat(6), { maxLength: 30 }), (most, keys) => {
      const few = new LastFew<number, string>(most);
      // A plain list, the last one at its end.
      let model: (readonly [number, string])[] = [];
      for (const [i, key] of keys.entries()) {
        model = [...model.filter(([other]) => other !== key), [key, `${i}`] as const];
        const gone = model.length > most ? model[0]?.[1] : undefined;
        model = model.slice(-most);
        expect(few.set(key, `${i}`)).toBe(gone);
        expect(few.size).toBe(model.length);
        for (let other = 0; other <= 6; other++) {
          const expected = model.find(([of]) => of === other)?.[1];
          expect([few.get(other), few.has(other)]).toEqual([expected, expected !== undefined]);
        }
      }
      few.clear();
      expect([few.size, few.get(keys[0] ?? 0)]).toEqual([0, undefined]);
    }),
  );
});
