import { describe, expect, test } from "bun:test";
import type { StoredResponse } from "../../src/caching/stored.ts";
import { Fence } from "../../src/store/fence.ts";
import { fenced } from "../../src/store/fenced.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import type { Store } from "../../src/store/store.ts";
import { tiers } from "../../src/store/tiers.ts";
import { describeStore } from "./contract.ts";
import { groupOf, keyOf, stored } from "./stored.ts";

const MB = 1024 * 1024;

function memory(): MemoryStore {
  return new MemoryStore(16 * MB, () => 0);
}

/** Two tiers, each at hand, on a clock that the test moves. */
function open() {
  let now = 100;
  const [above, below] = [memory(), memory()];
  const fence = new Fence(() => now);
  let looks = 0;
  let gate: Promise<void> | undefined;
  let dropGate: Promise<void> | undefined;
  const slow: Store = {
    get(key) {
      looks++;
      const found = below.get(key);
      return gate === undefined ? found : gate.then(() => found);
    },
    put: (response) => below.put(response),
    async delete(key) {
      await dropGate;
      return below.delete(key);
    },
    async deleteGroup(group) {
      await dropGate;
      return below.deleteGroup(group);
    },
    async clear() {
      await dropGate;
      return below.clear();
    },
    async purge(purge) {
      await dropGate;
      return below.purge(purge);
    },
    keys: (range) => below.keys(range),
    look: (key) => below.look(key),
    stats: () => below.stats(),
    [Symbol.asyncDispose]: () => below[Symbol.asyncDispose](),
  };
  return {
    ...{ above, below, fence, store: fenced(tiers(above, slow, "below", fence), fence), near: fenced(above, fence) },
    looks: () => looks,
    at: (instant: number) => (now = instant),
    /** Gets from below have read, and answer only once the returned function was called. */
    holdGets(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    /** Drops below do nothing until the returned function was called. */
    holdDrops(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      dropGate = promise;
      return resolve;
    },
  };
}

const english = [["accept-language", "en"]] as const;
const french = [["accept-language", "fr"]] as const;

async function bodies(found: Promise<readonly StoredResponse[]> | readonly StoredResponse[]): Promise<string[]> {
  return Promise.all((await found).map(({ body }) => body.text()));
}

describeStore("two tiers", () => tiers(memory(), memory(), "below", new Fence(() => 0)));

describe("tiers", () => {
  test("what is put lies in both, what is dropped in neither", async () => {
    const { store, above, below } = open();
    const group = [["cache-groups", '"a"']] as const;
    await store.put(stored({ path: "/a" }));
    await store.put(stored({ path: "/b", headers: group }));
    await store.put(stored({ path: "/c" }));
    expect([above.stats().entries, below.stats().entries]).toEqual([3, 3]);
    await store.delete(keyOf("/a"));
    await store.deleteGroup(groupOf("a"));
    expect([above.stats().entries, below.stats().entries]).toEqual([1, 1]);
    await store.clear();
    expect([above.stats().entries, below.stats().entries]).toEqual([0, 0]);
  });

  test("whose memory has what suffices look no further", async () => {
    const { store, above, looks } = open();
    above.put(stored({ body: "a" }));
    expect(await bodies(store.get(keyOf("/"), () => true))).toEqual(["a"]);
    expect(looks()).toBe(0);
  });

  test("whose memory has what does not suffice look below, as they do where nobody says what would", async () => {
    const { store, above, below, looks } = open();
    above.put(stored({ body: "en", selecting: english }));
    below.put(stored({ body: "fr", selecting: french }));
    const asked: number[] = [];
    const found = await store.get(keyOf("/"), (variants) => asked.push(variants.length) === 0);
    expect((await bodies(found)).sort()).toEqual(["en", "fr"]);
    expect(asked).toEqual([1]);
    expect(await bodies(store.get(keyOf("/")))).toHaveLength(2);
    expect(looks()).toBe(2);
  });

  test("whose memory has nothing do not ask whether that suffices", async () => {
    const { store, below } = open();
    below.put(stored({ body: "a" }));
    expect(await bodies(store.get(keyOf("/"), () => true))).toEqual(["a"]);
  });

  test("take up what is found below, in its order", async () => {
    const { store, above, below, looks } = open();
    below.put(stored({ body: "en", selecting: english }));
    below.put(stored({ body: "fr", selecting: french }));
    await store.get(keyOf("/"));
    expect(await bodies(above.get(keyOf("/")))).toEqual(["fr", "en"]);
    await store.get(keyOf("/"), () => true);
    expect(looks()).toBe(1);
  });

  test("say of what they read from below where it lay, once, and store that nowhere", async () => {
    const { store, above, below } = open();
    const from = async (): Promise<unknown[]> =>
      (await store.get(keyOf("/"), () => true)).map((found) => found.readFrom ?? "memory");
    below.put(stored({ body: "a" }));
    const [found] = await store.get(keyOf("/"));
    expect(found?.readFrom).toBe("below");
    expect(await from()).toEqual(["memory"]);
    if (found !== undefined) await store.put({ ...found, sentAt: 200 });
    for (const tier of [above, below]) expect(Object.keys(tier.get(keyOf("/"))[0] ?? {})).not.toContain("readFrom");
  });

  test("do not take up a large body, and serve it", async () => {
    const { store, above, below } = open();
    below.put(stored({ path: "/large", body: new Uint8Array(256 * 1024 + 1) }));
    below.put(stored({ path: "/small", body: new Uint8Array(256 * 1024) }));
    expect((await store.get(keyOf("/large")))[0]?.body.size).toBe(256 * 1024 + 1);
    expect((await store.get(keyOf("/small")))[0]?.body.size).toBe(256 * 1024);
    expect(above.get(keyOf("/large"))).toEqual([]);
    expect(above.get(keyOf("/small"))).toHaveLength(1);
  });

  test("of what both have of one selection the more recent counts", async () => {
    const { store, above, below } = open();
    above.put(stored({ path: "/a", body: "older", at: 1000 }));
    below.put(stored({ path: "/a", body: "newer", at: 5000 }));
    above.put(stored({ path: "/b", body: "newer", at: 5000 }));
    below.put(stored({ path: "/b", body: "older", at: 1000 }));
    expect(await bodies(store.get(keyOf("/a")))).toEqual(["newer"]);
    expect(await bodies(above.get(keyOf("/a")))).toEqual(["newer"]);
    expect(await bodies(store.get(keyOf("/b")))).toEqual(["newer"]);
    expect(await bodies(above.get(keyOf("/b")))).toEqual(["newer"]);
  });

  test("what is found below counts as asked for when it was looked for", async () => {
    const { store, below, at, holdGets } = open();
    below.put(stored({ at: 5000 }));
    const answer = holdGets();
    const found = store.get(keyOf("/"));
    at(200);
    answer();
    const [response] = await found;
    expect(response?.sentAt).toBeGreaterThanOrEqual(100);
    expect(response?.sentAt).toBeLessThan(200);
  });

  test("a failure below is that of the get, and is over then", async () => {
    const above = memory();
    const below = memory();
    let fails = true;
    const failing: Store = {
      get: (key) => (fails ? Promise.reject(new Error("gone")) : below.get(key)),
      put: (response) => below.put(response),
      delete: (key) => below.delete(key),
      deleteGroup: (group) => below.deleteGroup(group),
      clear: () => below.clear(),
      purge: (purge) => below.purge(purge),
      keys: (range) => below.keys(range),
      look: (key) => below.look(key),
      stats: () => below.stats(),
      [Symbol.asyncDispose]: () => below[Symbol.asyncDispose](),
    };
    const store = tiers(above, failing, "below", new Fence(() => 0));
    below.put(stored());
    expect(async () => store.get(keyOf("/"))).toThrow("gone");
    fails = false;
    expect(await store.get(keyOf("/"))).toHaveLength(1);
  });

  test("count what went once, though it lay in both", async () => {
    const { store, above, below } = open();
    await store.put(stored({ selecting: english }));
    await store.put(stored({ selecting: french }));
    expect(await store.delete(keyOf("/"))).toBe(2);
    above.put(stored({ path: "/above", headers: [["cache-groups", '"a"']] }));
    expect(await store.deleteGroup(groupOf("a"))).toBe(1);
    below.put(stored({ path: "/below" }));
    below.put(stored({ path: "/below too" }));
    expect(await store.clear()).toBe(2);
  });

  test("statistics are those of the memory", async () => {
    const { store, below } = open();
    await store.put(stored());
    below.put(stored({ path: "/below" }));
    expect((await store.stats()).entries).toBe(1);
  });

  test("are let go of together", async () => {
    const { store, above, below } = open();
    await store.put(stored());
    await store[Symbol.asyncDispose]();
    expect([above.stats().entries, below.stats().entries]).toEqual([0, 0]);
  });
});

describe("what was there before is not brought back by a slow look below", () => {
  const old = stored({ body: "old", headers: [["cache-groups", '"a"']] });
  type Opened = ReturnType<typeof open>;

  const drops: readonly (readonly [what: string, drop: (opened: Opened) => Promise<number> | number])[] = [
    ["its key is invalidated", ({ store }) => store.invalidate(keyOf("/"))],
    ["its group is invalidated", ({ store }) => store.invalidateGroup(groupOf("a"))],
    ["its key is deleted", ({ store }) => store.delete(keyOf("/"))],
    ["its group is deleted", ({ store }) => store.deleteGroup(groupOf("a"))],
    ["everything is cleared", ({ store }) => store.clear()],
  ];
  const told: typeof drops = [
    ["another worker tells of its key", ({ near }) => near.invalidate(keyOf("/"))],
    ["another worker tells of its group", ({ near }) => near.invalidateGroup(groupOf("a"))],
    ["another worker tells that all is cleared", ({ near }) => near.clear()],
  ];

  test.each([...drops, ...told])("while %s", async (_, drop) => {
    const opened = open();
    const { store, above, below, at, holdGets } = opened;
    below.put(old);
    const answer = holdGets();
    const found = store.get(keyOf("/"));
    at(200);
    await drop(opened);
    answer();
    expect(await found).toEqual([]);
    expect(above.get(keyOf("/"))).toEqual([]);
  });

  test.each(drops)("that begins while %s, which takes long below", async (_, drop) => {
    const opened = open();
    const { store, above, below, at, holdGets, holdDrops } = opened;
    below.put(old);
    const go = holdDrops();
    const dropped = drop(opened);
    at(200);
    expect(await store.get(keyOf("/"))).toEqual([]);
    const answer = holdGets();
    const found = store.get(keyOf("/"));
    go();
    await dropped;
    answer();
    expect(await found).toEqual([]);
    expect(above.get(keyOf("/"))).toEqual([]);
    expect(below.get(keyOf("/"))).toEqual([]);
  });

  test("what is too large to be taken up stays below, also once a validation has freshened it", async () => {
    const { store, above, below } = open();
    below.put(stored({ body: "x".repeat(300_000) }));
    const [found] = await store.get(keyOf("/"));
    if (found === undefined) throw new Error("Nothing was found.");
    await store.put({ ...stored({ at: 200 }), body: found.body });
    expect(above.get(keyOf("/"))).toEqual([]);
    expect(below.get(keyOf("/"))[0]?.sentAt).toBe(200);
  });

  test("while something else is dropped, nothing is kept back", async () => {
    const { store, below, holdDrops } = open();
    below.put(old);
    holdDrops();
    void store.delete(keyOf("/other"));
    void store.deleteGroup(groupOf("b"));
    expect(await bodies(store.get(keyOf("/")))).toEqual(["old"]);
  });

  test("once it is dropped and put anew, nothing is kept back", async () => {
    const { store, above } = open();
    await store.put(old);
    await store.delete(keyOf("/"));
    await store.put(stored({ body: "new", at: 200 }));
    above.clear();
    expect(await bodies(store.get(keyOf("/")))).toEqual(["new"]);
  });

  test.each([
    ["a later Date", 5000],
    ["the same Date", 1000],
    ["an earlier Date, as of another of the origin's machines", 500],
  ])("while it is put anew with %s", async (_, date) => {
    const { store, above, below, holdGets } = open();
    below.put(stored({ body: "old", at: 1000 }));
    below.put(stored({ body: "fr", at: 1000, selecting: french }));
    const answer = holdGets();
    const found = store.get(keyOf("/"));
    const news = stored({ body: "new", at: 1000 });
    await store.put({ ...news, reading: { ...news.reading, date, responseTime: date } });
    answer();
    expect((await bodies(found)).sort()).toEqual(["fr", "new"]);
    expect((await bodies(above.get(keyOf("/")))).sort()).toEqual(["fr", "new"]);
  });
});
