import { describe, expect, test } from "bun:test";
import { cacheGroup, groupsOf } from "../../src/caching/group.ts";
import { type CacheKey, queryKey, sharedKey } from "../../src/caching/key.ts";
import type { Extent } from "../../src/caching/purge.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import { parseNoVarySearch } from "../../src/http/no-vary-search.ts";
import type { Store } from "../../src/store/store.ts";
import { groupOf, keyOf, stored } from "./stored.ts";

const SITE = "http://api.example.com";
const french = [["accept-language", "fr"]] as const;

/** What lies in the store of most of these tests, by names. */
function entries(): Readonly<Record<string, StoredResponse>> {
  const red = [["cache-groups", '"red"']] as const;
  const rule = parseNoVarySearch('params=("utm")');
  if (rule === undefined) throw new Error("No rule.");
  const shared = sharedKey(new URL("/products/3?utm=1&a=1", SITE), rule);
  const queried = queryKey(keyOf("/products/4"), "digest");
  return {
    one: stored({ path: "/products/1", body: "one", headers: red }),
    french: stored({ path: "/products/1", body: "un", selecting: french }),
    head: stored({ path: "/products/1", method: "HEAD", selecting: [["accept", "x"]] }),
    two: stored({ path: "/products/2?a=1", body: "two" }),
    three: under(shared, stored({ body: "three" })),
    four: under(queried, { ...stored({ body: "four" }), method: "QUERY" }),
    product: stored({ path: "/product", body: "list", headers: red }),
    Products: stored({ path: "/Products/1", body: "capital" }),
    users: stored({ path: "/users/1", body: "user" }),
  };
}

function under(key: CacheKey, one: StoredResponse): StoredResponse {
  return { ...one, key, groups: groupsOf(key, one.headers) };
}

const PURGES: readonly (readonly [string, Extent, readonly string[]])[] = [
  ["a key", { type: "key", key: keyOf("/products/1") }, ["one", "french", "head"]],
  ["a key that is not there", { type: "key", key: keyOf("/products") }, []],
  ["a group", { type: "group", group: groupOf("red") }, ["one", "product"]],
  ["a group that is not there", { type: "group", group: groupOf("re") }, []],
  ["a group of another origin", { type: "group", group: cacheGroup("http://other.example", "red") }, []],
  ["a prefix", { type: "prefix", prefix: `${SITE}/products/` }, ["one", "french", "head", "two", "three", "four"]],
  [
    "a prefix within a name",
    { type: "prefix", prefix: `${SITE}/product` },
    [...["one", "french", "head", "two", "three", "four", "product"]],
  ],
  ["a prefix that is a whole key", { type: "prefix", prefix: keyOf("/users/1") }, ["users"]],
  ["a prefix of nothing", { type: "prefix", prefix: `${SITE}/products/%` }, []],
  ["a prefix that comes after all", { type: "prefix", prefix: `${SITE}/~` }, []],
  [
    "a pattern",
    { type: "pattern", pattern: `${SITE}/products/:id`, prefix: `${SITE}/products/` },
    ["one", "french", "head", "two", "three", "four"],
  ],
  [
    "a pattern with a query",
    { type: "pattern", pattern: `${SITE}/products/*\\?a=:a`, prefix: `${SITE}/products/` },
    // What answers for several URLs by No-Vary-Search goes wherever its path is meant.
    ["two", "three"],
  ],
  [
    "a pattern with a name behind",
    { type: "pattern", pattern: `${SITE}/*/1`, prefix: `${SITE}/` },
    [...["one", "french", "head", "Products", "users"]],
  ],
  ["a pattern of nothing", { type: "pattern", pattern: `${SITE}/x/*`, prefix: `${SITE}/x/` }, []],
  ["everything", { type: "everything" }, Object.keys(entries())],
];

/**
 * What every store must tell of all that it holds, and how it is purged.
 * @param open gives an empty store with room for some megabytes; the suite disposes of it
 */
export function describeInventory(name: string, open: () => Promise<Store> | Store): void {
  /** All that lies in a store, by the texts of the bodies and methods. */
  async function contents(store: Store): Promise<Map<string, StoredResponse>> {
    const found = new Map<string, StoredResponse>();
    for (const key of new Set(Object.values(entries()).map((one) => one.key))) {
      for (const one of await store.get(key)) found.set(await nameOf(one), one);
    }
    return found;
  }

  async function nameOf(one: StoredResponse): Promise<string> {
    for (const [known, other] of Object.entries(entries())) {
      if (other.key === one.key && other.method === one.method && (await other.body.text()) === (await one.body.text()))
        return known;
    }
    throw new Error(`Nobody put ${one.key}.`);
  }

  async function filled(): Promise<Store> {
    const store = await open();
    for (const one of Object.values(entries())) await store.put(one);
    return store;
  }

  describe(`the inventory of ${name}`, () => {
    describe.each(PURGES)("purging %s", (_, what, meant) => {
      test("hard: it is gone, and nothing else", async () => {
        await using store = await filled();
        expect(await store.purge({ what, how: "hard" })).toBe(meant.length);
        const left = Object.keys(entries()).filter((known) => !meant.includes(known));
        expect([...(await contents(store)).keys()].sort()).toEqual(left.sort());
        expect((await store.stats()).entries).toBe(left.length);
        expect(await store.purge({ what, how: "hard" })).toBe(0);
      });

      test("soft: it is stale, and else as it was", async () => {
        await using store = await filled();
        const before = await contents(store);
        expect(await store.purge({ what, how: "soft" })).toBe(meant.length);
        const after = await contents(store);
        expect(after.size).toBe(before.size);
        for (const [known, one] of after) {
          const { lifetime, ...rest } = one.reading;
          const { lifetime: lifetimeBefore, ...restBefore } = before.get(known)?.reading ?? one.reading;
          expect(rest).toEqual(restBefore);
          expect([known, lifetime.source]).toEqual([known, meant.includes(known) ? "purged" : "max-age"]);
          expect(lifetime.ms).toBeLessThanOrEqual(lifetimeBefore.ms);
          expect([...one.headers]).toEqual([...(before.get(known)?.headers ?? [])]);
          expect(one.groups).toEqual(before.get(known)?.groups ?? []);
        }
        expect((await store.stats()).entries).toBe(before.size);
      });
    });

    test("what is put after a purge is whole and fresh, and can be purged", async () => {
      await using store = await open();
      await store.put(stored({ path: "/a", body: "1" }));
      await store.purge({ what: { type: "prefix", prefix: SITE }, how: "soft" });
      await store.put(stored({ path: "/a", body: "2" }));
      const [found] = await store.get(keyOf("/a"));
      expect([await found?.body.text(), found?.reading.lifetime.source]).toEqual(["2", "max-age"]);
      expect(await store.purge({ what: { type: "prefix", prefix: SITE }, how: "hard" })).toBe(1);
      expect(await store.get(keyOf("/a"))).toEqual([]);
    });

    test("what is stale by a purge goes by a hard one", async () => {
      await using store = await filled();
      await store.purge({ what: { type: "group", group: groupOf("red") }, how: "soft" });
      expect(await store.purge({ what: { type: "group", group: groupOf("red") }, how: "hard" })).toBe(2);
      expect(await store.deleteGroup(groupOf("red"))).toBe(0);
    });

    test("keys come in pages, in order, each once", async () => {
      await using store = await open();
      // In the order of UTF-16 code units, as the URLs of these are.
      const paths = ["/", "/A", "/a", "/a%20b", "/a/1", "/a/10", "/a/2", "/a?b=1", "/ab", "/b"];
      for (const path of [...paths].reverse()) await store.put(stored({ path }));
      await store.put(stored({ path: "/a", selecting: french }));
      const all = paths.map(keyOf).sort();
      const found: CacheKey[] = [];
      for (let after: CacheKey | undefined; ; after = found.at(-1)) {
        const page = await store.keys({ prefix: "", after, limit: 3 });
        if (page.length === 0) break;
        expect(page.length).toBeLessThanOrEqual(3);
        found.push(...page);
      }
      expect(found).toEqual(all);
      expect(await store.keys({ prefix: keyOf("/a/"), after: undefined, limit: 100 })).toEqual(
        ["/a/1", "/a/10", "/a/2"].map(keyOf),
      );
      expect(await store.keys({ prefix: keyOf("/a/"), after: keyOf("/a/1"), limit: 1 })).toEqual([keyOf("/a/10")]);
      expect(await store.keys({ prefix: keyOf("/a/"), after: keyOf("/b"), limit: 1 })).toEqual([]);
      expect(await store.keys({ prefix: keyOf("/b"), after: keyOf("/a"), limit: 1 })).toEqual([keyOf("/b")]);
      await store.delete(keyOf("/a/10"));
      expect(await store.keys({ prefix: keyOf("/a/1"), after: undefined, limit: 100 })).toEqual([keyOf("/a/1")]);
      await store.clear();
      expect(await store.keys({ prefix: "", after: undefined, limit: 100 })).toEqual([]);
    });

    test("who looks sees what a get gives and what it weighs", async () => {
      await using store = await filled();
      const held = await store.look(keyOf("/products/1"));
      const got = await store.get(keyOf("/products/1"));
      expect(held.map((one) => one.stored.method)).toEqual(got.map(({ method }) => method));
      for (const { stored: one, bytes } of held) {
        expect(bytes).toBeGreaterThan(one.body.size);
        expect(got.map(({ reading }) => reading)).toContainEqual(one.reading);
      }
      expect(await store.look(keyOf("/nothing"))).toEqual([]);
      expect(held).toHaveLength(3);
    });

    test("to look is no use, and to get is one where anybody counts", async () => {
      await using store = await open();
      await store.put(stored({ path: "/a" }));
      for (let i = 0; i < 3; i++) await store.look(keyOf("/a"));
      const [unused] = await store.look(keyOf("/a"));
      expect(unused?.hits ?? 0).toBe(0);
      await store.get(keyOf("/a"));
      await store.get(keyOf("/a"));
      const [used] = await store.look(keyOf("/a"));
      expect(used?.hits ?? 2).toBe(2);
      await store.put(stored({ path: "/a" }));
      const [renewed] = await store.look(keyOf("/a"));
      expect(renewed?.hits ?? 0).toBe(0);
    });
  });
}
