import { expect, test } from "bun:test";
import fc from "fast-check";
import { sameSelection } from "../../src/caching/selecting.ts";
import { reusableUntil, type StoredResponse } from "../../src/caching/stored.ts";
import { footprint } from "../../src/store/footprint.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { groupOf, keyOf, stored } from "./stored.ts";

/** The memory tier told in the simplest way: lists, searched from end to end. */
class Model {
  /** From the least to the most recently used key; under each its responses, newest first. */
  keys: { path: string; responses: StoredResponse[] }[] = [];
  evictions = 0;
  expired = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get all(): StoredResponse[] {
    return this.keys.flatMap(({ responses }) => responses);
  }

  get bytes(): number {
    return this.all.reduce((sum, response) => sum + footprint(response), 0);
  }

  get(path: string): StoredResponse[] {
    const found = this.keys.find((key) => key.path === path);
    if (found === undefined) return [];
    this.keys = [...this.keys.filter((key) => key !== found), found];
    return found.responses;
  }

  put(path: string, response: StoredResponse, now: number): void {
    if (footprint(response) > this.#maxBytes) {
      this.delete(path);
      return;
    }
    const kept = this.get(path).filter((other) => {
      const gives = other.method === response.method || response.method === "GET";
      return !(gives && sameSelection(other.selecting, response.selecting));
    });
    this.delete(path);
    this.keys.push({ path, responses: [response, ...kept] });
    while (this.bytes > this.#maxBytes) this.#dropOne(now);
  }

  delete(path: string): number {
    const count = this.keys.find((key) => key.path === path)?.responses.length ?? 0;
    this.keys = this.keys.filter((key) => key.path !== path);
    return count;
  }

  deleteGroup(name: string): number {
    const before = this.all.length;
    const group = groupOf(name);
    for (const key of this.keys) key.responses = key.responses.filter(({ groups }) => !groups.includes(group));
    this.keys = this.keys.filter(({ responses }) => responses.length > 0);
    return before - this.all.length;
  }

  #dropOne(now: number): void {
    const [first] = this.all.toSorted((a, b) => reusableUntil(a.reading) - reusableUntil(b.reading));
    if (first !== undefined && reusableUntil(first.reading) <= now) {
      this.expired++;
      for (const key of this.keys) key.responses = key.responses.filter((response) => response !== first);
      this.keys = this.keys.filter(({ responses }) => responses.length > 0);
    } else if (this.keys.length === 1) {
      // What was just put stays.
      this.evictions++;
      for (const key of this.keys) key.responses = key.responses.slice(0, -1);
    } else {
      this.evictions += this.keys.shift()?.responses.length ?? 0;
    }
  }
}

function same(a: readonly StoredResponse[], b: readonly StoredResponse[]): boolean {
  return a.length === b.length && a.every((response, i) => response === b[i]);
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

test("it does what the model does, and never holds more than its bound", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 3000, max: 30_000 }), (sequence, maxBytes) => {
      // Fractions of a millisecond keep any two from expiring at once, where either may go.
      let [now, tick] = [0, 0];
      const store = new MemoryStore(maxBytes, () => now);
      const model = new Model(maxBytes);
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
            model.keys = [];
            break;
        }
        const { all, bytes, evictions, expired } = model;
        expect(store.stats()).toEqual({ entries: all.length, bytes, maxBytes, evictions, expired });
        expect(bytes).toBeLessThanOrEqual(maxBytes);
      }
      for (const { path, responses } of model.keys) expect(store.delete(keyOf(path))).toBe(responses.length);
      expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
    }),
    { numRuns: 300 },
  );
});
