import { describe, expect, test } from "bun:test";
import type { Extent } from "../../../src/caching/purge.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { startRedis } from "../redis-server.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { openStore } from "./opened.ts";

const stack = cleanup();
const redis = await startRedis(stack);

/** A store with 450 products, of which every other one is red, and something else. */
async function filled() {
  const opened = await openStore(stack, redis.url);
  const { store } = opened;
  const batch = Array.from({ length: 450 }, (_, i) => {
    const headers = i % 2 === 0 ? ([["cache-groups", '"red"']] as const) : [];
    return stored({ path: `/products/${i}`, body: `${i}`, headers });
  });
  await store.putAll(batch);
  await store.put(stored({ path: "/products/7", body: "sept", selecting: [["accept-language", "fr"]] }));
  await store.put(stored({ path: "/prod", body: "other" }));
  const lifetimes = async (path: string): Promise<string[]> =>
    (await store.get(keyOf(path))).map(({ reading }) => `${reading.lifetime.source} ${reading.lifetime.ms}`);
  return { ...opened, lifetimes };
}

/** More of each than one step takes. */
const EXTENTS: [string, Extent, number][] = [
  ["a group", { type: "group", group: groupOf("red") }, 225],
  ["a prefix", { type: "prefix", prefix: keyOf("/products/") }, 451],
  ["a pattern", { type: "pattern", pattern: "http://api.example.com/products/:n", prefix: keyOf("/") }, 451],
  ["everything", { type: "everything" }, 452],
];

test.each(EXTENTS)("a hard purge of %s drops just that and says how many went", async (_, what, count) => {
  const { store, told } = await filled();
  expect(await store.purge({ what, how: "hard" })).toBe(count);
  expect((await store.stats()).entries).toBe(452 - count);
  expect(await store.purge({ what, how: "hard" })).toBe(0);
  expect(told).toEqual([]);
});

test.each(EXTENTS)("a soft purge of %s marks just that stale and keeps it", async (_, what, count) => {
  const { store, set, told, lifetimes } = await filled();
  set({ wall: 5000, steady: 5000 });
  expect(await store.purge({ what, how: "soft" })).toBe(count);
  expect((await store.stats()).entries).toBe(452);
  let softened = 0;
  for (let i = 0; i < 450; i++)
    softened += (await lifetimes(`/products/${i}`)).filter((is) => is === "purged 5000").length;
  softened += (await lifetimes("/prod")).filter((is) => is === "purged 5000").length;
  expect(softened).toBe(count);
  expect(told).toEqual([]);
});

describe("keys", () => {
  test("come page by page in order, each once, and none besides", async () => {
    const { store } = await filled();
    const all: string[] = [];
    for (let after = undefined as ReturnType<typeof keyOf> | undefined; ; ) {
      const page = await store.keys({ prefix: keyOf("/products/"), after, limit: 100 });
      all.push(...page);
      after = page.at(-1);
      if (after === undefined) break;
      expect(page.length).toBeLessThanOrEqual(100);
    }
    expect(all).toEqual(Array.from({ length: 450 }, (_, i) => keyOf(`/products/${i}`)).sort());
  });

  test("one that another begins with comes before it and hides none", async () => {
    const { store } = await openStore(stack, redis.url);
    const keys = ["/a", "/a?b", "/a/b", "/aa", "/b"].map(keyOf).sort();
    for (const key of keys) await store.put({ ...stored(), key });
    expect(await store.keys({ prefix: "", after: undefined, limit: 10 })).toEqual(keys);
    for (const [i, after] of keys.entries()) {
      expect(await store.keys({ prefix: "", after, limit: 2 })).toEqual(keys.slice(i + 1, i + 3));
    }
    expect(await store.keys({ prefix: keyOf("/a/"), after: keyOf("/a"), limit: 9 })).toEqual([keyOf("/a/b")]);
    expect(await store.keys({ prefix: keyOf("/a"), after: keyOf("/b"), limit: 9 })).toEqual([]);
  });

  test("those whose responses were evicted are none", async () => {
    const namespace = crypto.randomUUID();
    const { store } = await openStore(stack, redis.url, namespace);
    const raw = new Bun.RedisClient(redis.url);
    for (const path of ["/a", "/b", "/c"]) await store.put(stored({ path }));
    for (const name of await raw.keys(`caching-proxy:1:${namespace}:v:*`)) await raw.del(name);
    await store.put(stored({ path: "/b" }));
    raw.close();
    expect(await store.keys({ prefix: "", after: undefined, limit: 10 })).toEqual([keyOf("/b")]);
    expect((await store.stats()).entries).toBe(1);
  });
});

test("a look at a key gives its responses and what they take", async () => {
  const { store } = await filled();
  const held = await store.look(keyOf("/products/7"));
  expect(await Promise.all(held.map(({ stored: { body } }) => body.text()))).toEqual(["sept", "7"]);
  for (const { bytes, hits } of held) {
    expect(bytes).toBeGreaterThan(100);
    expect(hits).toBeUndefined();
  }
  expect(await store.look(keyOf("/none"))).toEqual([]);
});
