import { expect, test } from "bun:test";
import type { CacheKey } from "../../../src/caching/key.ts";
import { type Unpackable, Unpacked, type Unpacking } from "../../../src/store/memory/unpacked.ts";
import { keyOf, stored } from "../stored.ts";

const MB = 1024 * 1024;

/** Something that weighs a megabyte unpacked, and counts how often it was. */
class Heavy implements Unpackable<Heavy> {
  unpacked: Unpacking<Heavy> | undefined = undefined;
  readonly unpackedBytes = MB;
  times = 0;

  unpack(_key: CacheKey) {
    this.times++;
    return [stored()];
  }
}

function filled(many: number, room: number): { readonly held: number; readonly counted: number } {
  // An eighth of it, 8 MB at most, is on top of the bound.
  const unpacked = new Unpacked<Heavy>(256 * MB);
  unpacked.fit(room);
  const all = Array.from({ length: many }, () => new Heavy());
  for (const [i, each] of all.entries()) unpacked.of(each, keyOf(`/${i}`));
  return { held: all.filter((each) => each.unpacked !== undefined).length, counted: unpacked.counted / MB };
}

test.each([
  ["no room is left", 0, 8, 0],
  ["more is stored than there is room for", -50 * MB, 8, 0],
  ["some room is left", 20 * MB, 28, 20],
  ["nearly all room is left", 250 * MB, 72, 64],
])("where %s it takes what it may beside the store", (_, room, held, counted) => {
  expect(filled(100, room)).toEqual({ held, counted });
});

test("what lies ready gives way at once where its room is needed, and is unpacked again when it is asked for", () => {
  const unpacked = new Unpacked<Heavy>(256 * MB);
  unpacked.fit(20 * MB);
  const all = Array.from({ length: 20 }, () => new Heavy());
  for (const [i, each] of all.entries()) unpacked.of(each, keyOf(`/${i}`));
  unpacked.fit(0);
  expect(all.filter((each) => each.unpacked !== undefined)).toEqual(all.slice(12));
  for (const [i, each] of all.entries()) unpacked.of(each, keyOf(`/${i}`));
  expect(all.every(({ times }) => times === 2)).toBe(true);
});
