import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Column } from "../../../src/store/memory/column.ts";
import { ObjectColumn } from "../../../src/store/memory/object-column.ts";
import { WideColumn } from "../../../src/store/memory/wide-column.ts";

const at = fc.nat(20_000);

describe.each([
  ["of whole numbers", () => new Column(), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  ["of any numbers", () => new WideColumn(), fc.double({ noNaN: true })],
])("a column %s", (_, open, value) => {
  test("it holds what was set last, 0 where nothing was, and nothing once it is cleared", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(at, value)), at, (sets, asked) => {
        const column = open();
        const known = new Map<number, number>();
        for (const [place, number] of sets) {
          column.set(place, number);
          known.set(place, number);
        }
        for (const place of [...known.keys(), asked]) expect(column.get(place)).toBe(known.get(place) ?? 0);
        column.clear();
        for (const place of known.keys()) expect(column.get(place)).toBe(0);
      }),
    );
  });
});

test("a column of objects holds what was set last and not deleted", () => {
  const step = fc.tuple(fc.nat(5000), fc.option(fc.string()));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const column = new ObjectColumn<string>();
      const known = new Map<number, string>();
      for (const [place, text] of steps) {
        if (text === null) {
          column.delete(place);
          known.delete(place);
        } else {
          column.set(place, text);
          known.set(place, text);
        }
      }
      for (const [place] of steps) expect(column.get(place)).toBe(known.get(place));
      column.clear();
      for (const [place] of steps) expect(column.get(place)).toBeUndefined();
    }),
  );
});
