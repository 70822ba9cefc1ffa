import { expect, test } from "bun:test";
import fc from "fast-check";
import type { CacheKey } from "../../../src/caching/key.ts";
import { sameSelection } from "../../../src/caching/selecting.ts";
import { reusableUntil, type StoredResponse } from "../../../src/caching/stored.ts";
import type { Eviction } from "../../../src/store/memory/eviction.ts";
import { LruEviction } from "../../../src/store/memory/eviction-lru.ts";
import { S3FifoEviction } from "../../../src/store/memory/eviction-s3-fifo.ts";
import { footprint } from "../../../src/store/memory/footprint.ts";
import { MemoryStore } from "../../../src/store/memory/memory-store.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { NaiveLru, NaiveS3Fifo } from "./naive-eviction.ts";

/** What lies under one path. */
type Keyed = { readonly key: CacheKey; readonly number: number; responses: StoredResponse[] };

/** The memory tier told in the simplest way: lists, searched from end to end. */
class Model {
  /** Under each key its responses, newest first. */
  keys: Keyed[] = [];
  evictions = 0;
  expired = 0;
  #numbered = 0;
  readonly #room: number;
  readonly #order: Eviction;

  constructor(maxBytes: number, order: Eviction) {
    this.#room = maxBytes - order.bytes;
    this.#order = order;
  }

  get all(): StoredResponse[] {
    return this.keys.flatMap(({ responses }) => responses);
  }

  get bytes(): number {
    return this.all.reduce((sum, response) => sum + footprint(response), 0);
  }

  get(path: string): StoredResponse[] {
    const found = this.#find(path);
    if (found === undefined) return [];
    this.#order.used(found.number);
    return found.responses;
  }

  put(path: string, response: StoredResponse, now: number): void {
    if (footprint(response) > this.#room) {
      this.delete(path);
      return;
    }
    const kept = this.get(path).filter((other) => {
      const gives = other.method === response.method || response.method === "GET";
      return !(gives && sameSelection(other.selecting, response.selecting));
    });
    const key = this.#find(path) ?? { key: keyOf(path), number: ++this.#numbered, responses: [] };
    if (!this.keys.includes(key)) {
      this.keys.push(key);
      this.#order.added(key.number, key.key);
    }
    key.responses = [response, ...kept];
    while (this.bytes > this.#room) this.#dropOne(key, now);
  }

  delete(path: string): number {
    const found = this.#find(path);
    if (found === undefined) return 0;
    this.#order.removed(found.number);
    this.keys = this.keys.filter((key) => key !== found);
    return found.responses.length;
  }

  deleteGroup(name: string): number {
    const before = this.all.length;
    const group = groupOf(name);
    for (const key of this.keys) key.responses = key.responses.filter(({ groups }) => !groups.includes(group));
    this.#dropEmpty();
    return before - this.all.length;
  }

  clear(): void {
    this.keys = [];
    this.#order.clear();
  }

  #find(path: string): Keyed | undefined {
    return this.keys.find(({ key }) => key === keyOf(path));
  }

  #dropEmpty(): void {
    for (const key of this.keys) if (key.responses.length === 0) this.#order.removed(key.number);
    this.keys = this.keys.filter(({ responses }) => responses.length > 0);
  }

  #dropOne(put: Keyed, now: number): void {
    const [first] = this.all.toSorted((a, b) => reusableUntil(a.reading) - reusableUntil(b.reading));
    if (first !== undefined && reusableUntil(first.reading) <= now) {
      this.expired++;
      for (const key of this.keys) key.responses = key.responses.filter((response) => response !== first);
      this.#dropEmpty();
    } else if (this.keys.length === 1) {
      // What was just put stays.
      this.evictions++;
      put.responses = put.responses.slice(0, -1);
    } else {
      const gone = this.#order.evict(put.number);
      const victim = this.keys.find(({ number }) => number === gone);
      this.evictions += victim?.responses.length ?? 0;
      this.keys = this.keys.filter((key) => key !== victim);
    }
  }
}

/** Whether they are the same responses, each of which came at an instant of its own. */
function same(a: readonly StoredResponse[], b: readonly StoredResponse[]): boolean {
  const times = (of: readonly StoredResponse[]): number[] => of.map(({ reading }) => reading.responseTime);
  return Bun.deepEquals(times(a), times(b));
}

const path = fc.constantFrom("/a", "/b", "/c", "/d", "/e");
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("put" as const),
      path,
      method: fc.constantFrom("GET" as const, "HEAD" as const),
      language: fc.constantFrom("en", "fr", null),
      size: fc.nat(6000),
      maxAge: fc.nat(50),
      groups: fc.uniqueArray(fc.constantFrom("r", "g", "b"), { maxLength: 2 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("get" as const), path }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("delete" as const), path }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("delete-group" as const), group: fc.constantFrom("r", "g", "b") }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("wait" as const), seconds: fc.nat(20) }) },
);
const steps = fc.array(fc.oneof({ weight: 30, arbitrary: step }, fc.constant({ type: "clear" as const })), {
  maxLength: 60,
});

type Orders = { readonly real: Eviction; readonly naive: Eviction };

test.each<[string, (maxBytes: number) => Orders]>([
  ["lru", () => ({ real: new LruEviction(), naive: new NaiveLru() })],
  ["s3-fifo", (maxBytes) => ({ real: new S3FifoEviction(maxBytes), naive: new NaiveS3Fifo(maxBytes) })],
])("with %s it does what the model does, and never holds more than its bound", (_, open) => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 3000, max: 30_000 }), (sequence, maxBytes) => {
      // Fractions of a millisecond keep any two from expiring at once, where either may go.
      let [now, tick] = [0, 0];
      const { real, naive } = open(maxBytes);
      const store = new MemoryStore(maxBytes, () => now, real);
      const model = new Model(maxBytes, naive);
      for (const step of sequence) {
        tick += 1 / 1024;
        switch (step.type) {
          case "put": {
            const { language, size, groups, ...rest } = step;
            const selecting = [["accept-language", language]] as const;
            const headers = groups.map((name) => ["cache-groups", `"${name}"`] as const);
            const response = stored({ ...rest, at: now + tick, body: "x".repeat(size), selecting, headers });
            store.put(response);
            model.put(step.path, response, now);
            break;
          }
          case "get":
            expect(same(store.get(keyOf(step.path)), model.get(step.path))).toBe(true);
            break;
          case "delete":
            expect(store.delete(keyOf(step.path))).toBe(model.delete(step.path));
            break;
          case "delete-group":
            expect(store.deleteGroup(groupOf(step.group))).toBe(model.deleteGroup(step.group));
            break;
          case "wait":
            now += step.seconds * 1000;
            break;
          case "clear":
            expect(store.clear()).toBe(model.all.length);
            model.clear();
            break;
        }
        const { all, bytes, evictions, expired } = model;
        const { readyBytes = 0, ...stats } = store.stats();
        expect(stats).toEqual({ entries: all.length, bytes, maxBytes, evictions, expired });
        expect(bytes + readyBytes + real.bytes).toBeLessThanOrEqual(maxBytes);
      }
      for (const { key, responses } of model.keys) expect(store.delete(key)).toBe(responses.length);
      expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
    }),
    { numRuns: 300 },
  );
});
