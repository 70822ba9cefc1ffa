import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Linked, LinkedList } from "../../src/store/linked-list.ts";

interface Item extends Linked<Item> {}

function both(list: LinkedList<Item>): [forward: Item[], backward: Item[]] {
  const [forward, backward]: [Item[], Item[]] = [[], []];
  for (let at = list.oldest; at !== undefined; at = at.newer) forward.push(at);
  for (let at = list.newest; at !== undefined; at = at.older) backward.push(at);
  return [forward, backward];
}

test("it does what an array does, read from either end", () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ which: fc.nat(7) }) },
    fc.constant({ which: "all" as const }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const items = Array.from({ length: 8 }, (): Item => ({ older: undefined, newer: undefined }));
      const list = new LinkedList<Item>();
      let model: Item[] = [];
      for (const { which } of steps) {
        const item = which === "all" ? undefined : items[which];
        if (item === undefined) {
          list.clear();
          for (const one of model) Object.assign(one, { older: undefined, newer: undefined });
          model = [];
        } else if (model.includes(item)) {
          list.remove(item);
          model = model.filter((other) => other !== item);
          expect(item).toEqual({ older: undefined, newer: undefined });
        } else {
          list.push(item);
          model = [...model, item];
        }
        const [forward, backward] = both(list);
        expect(forward.length === model.length && forward.every((one, i) => one === model[i])).toBe(true);
        expect(backward.length === model.length && backward.every((one, i) => one === model.at(-1 - i))).toBe(true);
      }
    }),
  );
});
