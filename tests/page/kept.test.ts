import { describe, expect, test } from "bun:test";
import { Kept, MOST_KEPT } from "../../src/page/kept.ts";
import { shownExchange } from "./exchanges.ts";

const one = (seq: number, at = seq) => shownExchange({ id: `0-${seq}`, at });
const idsOf = (exchanges: readonly { readonly id: string }[]) => exchanges.map(({ id }) => id);

describe("what is kept", () => {
  test("is told newest first", () => {
    const kept = new Kept();
    kept.add([one(1), one(2)]);
    expect(idsOf(kept.add([one(3)]))).toEqual(["0-3", "0-2", "0-1"]);
  });

  test("is there once, though it is told again after a gap; what was missed gets its place", () => {
    const kept = new Kept();
    kept.add([one(1), one(2), one(5)]);
    expect(idsOf(kept.add([one(1), one(2), one(3), one(4), one(5)]))).toEqual(["0-5", "0-4", "0-3", "0-2", "0-1"]);
  });

  test("is another one of a proxy that was started anew, though it counts from the beginning", () => {
    const kept = new Kept();
    kept.add([one(1, 10)]);
    expect(kept.add([one(1, 20)])).toHaveLength(2);
  });

  test("is the same list where nothing is new", () => {
    const kept = new Kept();
    const before = kept.add([one(1)]);
    expect(kept.add([one(1)])).toBe(before);
  });

  test("is bounded: the oldest go", () => {
    const kept = new Kept();
    const all = kept.add(Array.from({ length: MOST_KEPT + 5 }, (_, i) => one(i)));
    expect([all.length, all.at(-1)?.id]).toEqual([MOST_KEPT, "0-5"]);
    // And are forgotten: told again they are new, and too old to be kept.
    expect(kept.add([one(0)]).at(-1)?.id).toBe("0-5");
  });
});
