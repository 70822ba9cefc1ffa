import { describe, expect, test } from "bun:test";
import {
  carriedOf,
  lot,
  newborn,
  precedes,
  purged,
  readGeneration,
  standing,
  verdict,
  writeGeneration,
} from "../../../src/store/memcached/generation.ts";

const mark = { at: 5000.25, by: "me" };

test.each([newborn(), purged(undefined, "hard", mark), purged(newborn(), "soft", { at: 0, by: "x" })])(
  "%j is read as it was written",
  (generation) => {
    expect(readGeneration(writeGeneration(generation))).toEqual(generation);
  },
);

test.each(["", "a b", `${lot()}`, `${lot()} ${lot()} 5`, `${lot()} ${lot()} x y`, `${lot()} ${lot()} 5 me too`])(
  "%j is none",
  (text) => {
    expect(readGeneration(Buffer.from(text))).toBeUndefined();
  },
);

describe("what a response carries", () => {
  const first = newborn();
  const carried = carriedOf(first);
  const softly = purged(first, "soft", mark);

  test("counts until a purge", () => {
    expect(standing(carried, first)).toBe("counts");
    expect(standing(carried, softly)).toBe("softened");
    expect(standing(carriedOf(softly), softly)).toBe("counts");
    expect(standing(carried, purged(first, "hard", mark))).toBe("gone");
    expect(standing(carried, purged(softly, "hard", mark))).toBe("gone");
    expect(standing(carried, purged(softly, "soft", mark))).toBe("softened");
  });

  test("is gone where the generation was dropped, also once there is another", () => {
    expect(standing(carried, undefined)).toBe("gone");
    expect(standing(carried, newborn())).toBe("gone");
    expect(standing(carried, purged(undefined, "soft", mark))).toBe("gone");
    expect(standing(undefined, first)).toBe("gone");
    expect(standing("", first)).toBe("gone");
  });

  test("counts as little as any says, and is stale since the first that says so", () => {
    const [counts, soft, gone] = [
      [carried, first],
      [carried, softly],
      [carried, undefined],
    ] as const;
    const before = [carried, purged(first, "soft", { at: 4000, by: "me" })] as const;
    expect(verdict([counts, counts])).toEqual({ type: "counts" });
    expect(verdict([counts, soft])).toEqual({ type: "softened", at: mark.at });
    expect(verdict([soft, before])).toEqual({ type: "softened", at: 4000 });
    expect(verdict([soft, gone, counts])).toEqual({ type: "gone" });
    expect(verdict([])).toEqual({ type: "counts" });
  });
});

test.each([
  ["nobody invalidated", 0, undefined, false],
  ["was asked for before", 4000, { at: 5000, by: "other" }, true],
  ["was asked for within the second after", 6000, { at: 5000, by: "other" }, true],
  ["was asked for later", 6001, { at: 5000, by: "other" }, false],
  ["was asked for before this process invalidated it", 4000, { at: 5000, by: "self" }, false],
] as const)("what %s", (_, askedAt, by, kept) => {
  expect(precedes(askedAt, by, "self")).toBe(kept);
});
