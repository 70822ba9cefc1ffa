import { expect, test } from "bun:test";
import fc from "fast-check";
import { Arena } from "../../../src/store/memory/arena.ts";

const step = fc.oneof(
  fc.record({
    type: fc.constant("write" as const),
    length: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constant(300_000)),
  }),
  fc.record({ type: fc.constant("release" as const), which: fc.nat() }),
);

test("what was written is read again, whatever else comes and goes", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const arena = new Arena();
      const held: { readonly first: number; readonly bytes: Buffer }[] = [];
      for (const [i, each] of steps.entries()) {
        if (each.type === "write") {
          const bytes = Buffer.alloc(each.length).map((_, at) => (at * 7 + i) & 255);
          const buffer = Buffer.from(bytes);
          held.push({ first: arena.write(buffer, buffer.byteLength), bytes: buffer });
        } else if (held.length > 0) {
          const [gone] = held.splice(each.which % held.length, 1);
          if (gone !== undefined) arena.release(gone.first, gone.bytes.byteLength);
        }
      }
      for (const { first, bytes } of held) {
        const read = Buffer.alloc(bytes.byteLength);
        arena.read(first, read, bytes.byteLength);
        expect(read.equals(bytes)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test("room that is free is used again, and given back where a whole slab is", () => {
  const arena = new Arena();
  const bytes = Buffer.alloc(1000);
  const write = (): number[] => Array.from({ length: 2000 }, () => arena.write(bytes, bytes.byteLength));
  const held = write();
  const once = arena.bytes;
  for (const first of held.splice(0, 1000)) arena.release(first, bytes.byteLength);
  for (let i = 0; i < 1000; i++) held.push(arena.write(bytes, bytes.byteLength));
  expect(arena.bytes).toBe(once);
  for (const first of held) arena.release(first, bytes.byteLength);
  expect(arena.bytes).toBeLessThan(once / 4);
  const again = write();
  expect(new Set(again).size).toBe(again.length);
  expect(arena.bytes).toBe(once);
  arena.clear();
  expect(arena.bytes).toBe(0);
});
