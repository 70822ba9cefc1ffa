import { expect, test } from "bun:test";
import { type PackedSource, Unpacked } from "../../../src/store/memory/unpacked.ts";
import { keyOf, stored } from "../stored.ts";

const MB = 1024 * 1024;

/** Things that weigh a megabyte unpacked, and are counted when they are. */
class Heavy implements PackedSource {
  readonly times = new Map<number, number>();

  unpack(of: number) {
    this.times.set(of, (this.times.get(of) ?? 0) + 1);
    return [stored()];
  }

  unpackedBytes(): number {
    return MB;
  }
}

/** All that lies ready of the first so many. */
function readyOf(unpacked: Unpacked, many: number): number[] {
  return [...Array(many).keys()].filter((each) => unpacked.ready(each) !== undefined);
}

/** Each of so many is asked for, and once more. */
function askedTwice(unpacked: Unpacked, many: number): void {
  for (let i = 0; i < 2 * many; i++) unpacked.of(i >> 1, keyOf(`/${i >> 1}`));
}

function filled(many: number, room: number): { readonly held: number; readonly counted: number } {
  // An eighth of it, 8 MB at most, is on top of the bound.
  const unpacked = new Unpacked(256 * MB, new Heavy());
  unpacked.fit(room);
  askedTwice(unpacked, many);
  return { held: readyOf(unpacked, many).length, counted: unpacked.counted / MB };
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
  const source = new Heavy();
  const unpacked = new Unpacked(256 * MB, source);
  unpacked.fit(20 * MB);
  askedTwice(unpacked, 20);
  unpacked.fit(0);
  expect(readyOf(unpacked, 20)).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
  for (let i = 0; i < 12; i++) unpacked.of(i, keyOf(`/${i}`));
  expect([...source.times.values()]).toEqual([...Array(12).fill(3), ...Array(8).fill(2)]);
});

test("what is asked for once only lies ready for nobody", () => {
  const source = new Heavy();
  const unpacked = new Unpacked(256 * MB, source);
  for (let i = 0; i < 100; i++) unpacked.of(i, keyOf(`/${i}`));
  expect(readyOf(unpacked, 100)).toEqual([]);
  unpacked.of(7, keyOf("/7"));
  expect(readyOf(unpacked, 100)).toEqual([7]);
  expect(unpacked.of(7, keyOf("/7"))).toBe(unpacked.of(7, keyOf("/7")));
});
