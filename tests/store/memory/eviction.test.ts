import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Eviction } from "../../../src/store/memory/eviction.ts";
import { LruEviction } from "../../../src/store/memory/eviction-lru.ts";
import { type Queued, S3FifoEviction } from "../../../src/store/memory/eviction-s3-fifo.ts";
import { NaiveLru, NaiveS3Fifo } from "./naive-eviction.ts";

interface Entry extends Queued<Entry> {
  readonly key: string;
}

function entry(key: string): Entry {
  return { key, older: undefined, newer: undefined, used: false, proven: false };
}

const key = fc.nat(150).map(String);
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

type Pair = { readonly order: Eviction<Entry>; readonly naive: Eviction<Entry> };

describe.each<[string, (maxBytes: number) => Pair]>([
  ["least recently used", () => ({ order: new LruEviction(), naive: new NaiveLru() })],
  ["S3-FIFO", (maxBytes) => ({ order: new S3FifoEviction(maxBytes), naive: new NaiveS3Fifo(maxBytes) })],
])("%s", (_, open) => {
  test("it does what lists do that are searched from end to end, and spares what was just put", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 2048, max: 400_000 }), (sequence, maxBytes) => {
        const { order, naive } = open(maxBytes);
        expect(order.bytes).toBe(naive.bytes);
        const held = new Map<string, Entry>();
        for (const step of sequence) {
          const found = "key" in step ? held.get(step.key) : undefined;
          switch (step.type) {
            case "put": {
              const put = found ?? entry(step.key);
              for (const each of [order, naive]) found === undefined ? each.added(put) : each.used(put);
              held.set(step.key, put);
              for (let i = 0; i < step.evictions; i++) {
                const gone = order.evict(put);
                expect(gone).toBe(naive.evict(put));
                expect(gone === undefined).toBe(held.size === 1);
                if (gone !== undefined) expect(held.delete(gone.key) && gone !== put).toBe(true);
              }
              break;
            }
            case "use":
              if (found !== undefined) for (const each of [order, naive]) each.used(found);
              break;
            case "use all":
              for (const one of held.values()) for (const each of [order, naive]) each.used(one);
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
  const last = entry("last");
  const filled = (keys: readonly string[]): S3FifoEviction<Entry> => {
    const order = new S3FifoEviction<Entry>(1_000_000);
    for (const key of keys) order.added(entry(key));
    return order;
  };
  const drain = (order: S3FifoEviction<Entry>): string[] => {
    const gone: string[] = [];
    order.added(last);
    for (let next = order.evict(last); next !== undefined; next = order.evict(last)) gone.push(next.key);
    return gone;
  };

  test("what was used while it was new outlives all that was not", () => {
    const order = filled([]);
    const [hot, cold] = [entry("hot"), entry("cold")];
    for (const each of [hot, cold]) order.added(each);
    order.used(hot);
    for (let i = 0; i < 20; i++) order.added(entry(String(i)));
    expect(drain(order)).toEqual(["cold", ...Array.from({ length: 20 }, (_, i) => String(i)), "hot"]);
  });

  test("what comes back soon after it went is kept, as what was used is", () => {
    const order = filled(["a", "b", "c"]);
    expect(order.evict(last)?.key).toBe("a");
    order.added(entry("a"));
    for (const key of "defg") order.added(entry(key));
    expect(drain(order).at(-1)).toBe("a");
  });

  test("what comes back late is new again", () => {
    const order = filled([..."abcd"]);
    for (const key of "abcd") expect(order.evict(last)?.key).toBe(key);
    // Of two entries' worth of ghosts a is no longer one, and d still is.
    order.added(entry("a"));
    order.added(entry("d"));
    order.added(entry("e"));
    expect(drain(order)).toEqual(["a", "e", "d"]);
  });

  test("what went for another reason is no ghost", () => {
    const order = filled([]);
    const a = entry("a");
    order.added(a);
    order.removed(a);
    for (const key of "abc") order.added(entry(key));
    expect(drain(order)).toEqual(["a", "b", "c"]);
  });

  test("where all were used, the one goes that comes after those that an eviction passes over", () => {
    const order = filled([]);
    const entries = Array.from({ length: 100 }, (_, i) => entry(String(i)));
    for (const each of entries) order.added(each);
    for (const each of entries) order.used(each);
    expect(order.evict(last)?.key).toBe("64");
  });

  test("one eviction passes over a few entries at most, however many were used", () => {
    let looks = 0;
    class Watched implements Queued<Watched> {
      older: Watched | undefined;
      newer: Watched | undefined;
      proven = false;
      #used = false;
      readonly key: string;
      constructor(key: string) {
        this.key = key;
      }
      get used(): boolean {
        looks++;
        return this.#used;
      }
      set used(used: boolean) {
        this.#used = used;
      }
    }
    const order = new S3FifoEviction<Watched>(1_000_000);
    const entries = Array.from({ length: 5000 }, (_, i) => new Watched(String(i)));
    for (const each of entries) order.added(each);
    for (const each of entries) order.used(each);
    const spared = new Watched("spared");
    order.added(spared);
    for (let i = 0; i < 5000; i++) {
      looks = 0;
      expect(order.evict(spared)).toBeDefined();
      expect(looks).toBeLessThan(70);
    }
    expect(order.evict(spared)).toBeUndefined();
  });
});
