import { expect, test } from "bun:test";
import fc from "fast-check";
import { NONE, Numbers } from "../../../src/store/memory/numbers.ts";

test("nobody gets a number that another has, or that nothing has, and no more are given out than are needed at a time", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat()), { maxLength: 300 }), (steps) => {
      const numbers = new Numbers();
      const taken = new Set<number>([NONE]);
      let most = 0;
      for (const step of steps) {
        const gone = step === null ? undefined : [...taken].slice(1)[step % taken.size];
        if (gone === undefined) {
          const number = numbers.take();
          expect(taken.has(number)).toBe(false);
          taken.add(number);
          most = Math.max(most, taken.size - 1);
          expect(number).toBeLessThanOrEqual(most);
        } else {
          numbers.giveBack(gone);
          taken.delete(gone);
        }
      }
      numbers.clear();
      expect(numbers.take()).toBe(1);
    }),
  );
});
