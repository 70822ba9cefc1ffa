import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Eviction } from "../../../src/store/memory/eviction.ts";
import { LruEviction } from "../../../src/store/memory/eviction-lru.ts";
import { S3FifoEviction } from "../../../src/store/memory/eviction-s3-fifo.ts";
import { NONE } from "../../../src/store/memory/numbers.ts";
import { NaiveLru, NaiveS3Fifo } from "./naive-eviction.ts";

const key = fc.integer({ min: 1, max: 150 });
const evictions = fc.constantFrom(0, 0, 0, 0, 1, 1, 2);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("put" as const), key, evictions }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("use" as const), key }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("use all" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("remove" as const), key }) },
);
const steps = fc.array(fc.oneof({ weight: 300, arbitrary: step }, fc.constant({ type: "clear" as const })), {
  maxLength: 500,
  size: "max",
});

type Pair = { readonly order: Eviction; readonly naive: Eviction };

describe.each<[string, (maxBytes: number) => Pair]>([
  ["least recently used", () => ({ order: new LruEviction(), naive: new NaiveLru() })],
  ["S3-FIFO", (maxBytes) => ({ order: new S3FifoEviction(maxBytes), naive: new NaiveS3Fifo(maxBytes) })],
])("%s", (_, open) => {
  test("it does what lists do that are searched from end to end, and spares what was just put", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 2048, max: 400_000 }), (sequence, maxBytes) => {
        const { order, naive } = open(maxBytes);
        expect(order.bytes).toBe(naive.bytes);
        const held = new Set<number>();
        for (const step of sequence) {
          const found = "key" in step && held.has(step.key) ? step.key : undefined;
          switch (step.type) {
            case "put": {
              const put = step.key;
              for (const each of [order, naive]) found === undefined ? each.added(put, String(put)) : each.used(put);
              held.add(put);
              for (let i = 0; i < step.evictions; i++) {
                const gone = order.evict(put);
                expect(gone).toBe(naive.evict(put));
                expect(gone === NONE).toBe(held.size === 1);
                if (gone !== NONE) expect(held.delete(gone) && gone !== put).toBe(true);
              }
              break;
            }
            case "use":
              if (found !== undefined) for (const each of [order, naive]) each.used(found);
              break;
            case "use all":
              for (const one of held) for (const each of [order, naive]) each.used(one);
              break;
            case "remove":
              if (found !== undefined) for (const each of [order, naive]) each.removed(found);
              held.delete(step.key);
              break;
            case "clear":
              for (const each of [order, naive]) each.clear();
              held.clear();
              break;
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("S3-FIFO", () => {
  const LAST = 1000;
  /** What is known by the number of its place in the alphabet. */
  const numberOf = (letter: string): number => letter.charCodeAt(0);
  const add = (order: S3FifoEviction, entries: Iterable<number>): void => {
    for (const each of entries) order.added(each, String(each));
  };
  const filled = (letters: string): S3FifoEviction => {
    const order = new S3FifoEviction(1_000_000);
    add(order, [...letters].map(numberOf));
    return order;
  };
  const drain = (order: S3FifoEviction): number[] => {
    const gone: number[] = [];
    order.added(LAST, "last");
    for (let next = order.evict(LAST); next !== NONE; next = order.evict(LAST)) gone.push(next);
    return gone;
  };
  const letters = (numbers: readonly number[]): string => String.fromCharCode(...numbers);

  test("what was used while it was new outlives all that was not", () => {
    const order = filled("hc");
    order.used(numberOf("h"));
    const others = Array.from({ length: 20 }, (_, i) => i + 1);
    add(order, others);
    expect(drain(order)).toEqual([numberOf("c"), ...others, numberOf("h")]);
  });

  test("what comes back soon after it went is kept, as what was used is", () => {
    const order = filled("abc");
    expect(order.evict(LAST)).toBe(numberOf("a"));
    add(order, [..."adefg"].map(numberOf));
    expect(letters(drain(order)).at(-1)).toBe("a");
  });

  test("what comes back late is new again", () => {
    const order = filled("abcd");
    for (const letter of "abcd") expect(order.evict(LAST)).toBe(numberOf(letter));
    // Of two entries' worth of ghosts a is no longer one, and d still is.
    add(order, [..."ade"].map(numberOf));
    expect(letters(drain(order))).toBe("aed");
  });

  test("it is the key that comes back, by whatever number", () => {
    const order = filled("abc");
    expect(order.evict(LAST)).toBe(numberOf("a"));
    order.added(numberOf("x"), String(numberOf("a")));
    add(order, [..."adefg"].map(numberOf));
    expect(letters(drain(order)).at(-1)).toBe("x");
  });

  test("what went for another reason is no ghost, nor does its number say anything of what has it next", () => {
    const order = filled("a");
    order.used(numberOf("a"));
    order.removed(numberOf("a"));
    add(order, [..."abc"].map(numberOf));
    expect(letters(drain(order))).toBe("abc");
  });

  test("where all were used, the one goes that comes after those that an eviction passes over", () => {
    const order = filled("");
    const entries = Array.from({ length: 100 }, (_, i) => i + 1);
    add(order, entries);
    for (const each of entries) order.used(each);
    expect(order.evict(LAST)).toBe(65);
  });
});
