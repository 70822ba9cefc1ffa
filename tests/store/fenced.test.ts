import { describe, expect, test } from "bun:test";
import { groupsOf } from "../../src/caching/group.ts";
import { cacheKey, queryKey } from "../../src/caching/key.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import { Fence } from "../../src/store/fence.ts";
import { fenced } from "../../src/store/fenced.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { describeStore } from "./contract.ts";
import { describeInventory } from "./inventory-contract.ts";
import { groupOf, keyOf, stored } from "./stored.ts";

/** A fenced store on a clock that the test moves. */
function open() {
  let now = 100;
  const store = fenced(new MemoryStore(1_000_000, () => 0), new Fence(() => now));
  return { store, at: (instant: number) => (now = instant) };
}

describe("fenced", () => {
  test("RFC 9111 §4.4: what was asked for before an invalidation does not come in after it", async () => {
    const { store, at } = open();
    at(200);
    await store.invalidate(keyOf("/a"));
    at(300);
    await store.put(stored({ path: "/a", at: 150 }));
    expect(await store.get(keyOf("/a"))).toEqual([]);
    await store.put(stored({ path: "/b", at: 150 }));
    expect(await store.get(keyOf("/b"))).toHaveLength(1);
    await store.put(stored({ path: "/a", at: 250 }));
    expect(await store.get(keyOf("/a"))).toHaveLength(1);
  });

  test("an invalidation drops what is there and says how much", async () => {
    const { store } = open();
    await store.put(stored({ path: "/a", at: 50 }));
    expect(await store.invalidate(keyOf("/a"))).toBe(1);
    expect(await store.get(keyOf("/a"))).toEqual([]);
  });

  test("RFC 10008 §2.7: with a URL goes what QUERYs of it brought, then and later", async () => {
    const { store, at } = open();
    const queried = (path: string, sentAt: number): StoredResponse => {
      const key = queryKey(cacheKey(new URL(path, "http://api.example.com")), "digest");
      return { ...stored({ path, at: sentAt }), key, method: "QUERY", groups: groupsOf(key, new Headers()) };
    };
    await store.put(stored({ path: "/a", at: 50 }));
    await store.put(queried("/a", 50));
    await store.put(queried("/a?b", 50));
    at(200);
    expect(await store.invalidate(keyOf("/a"))).toBe(2);
    expect(await store.get(queried("/a", 0).key)).toEqual([]);
    expect(await store.get(queried("/a?b", 0).key)).toHaveLength(1);
    await store.put(queried("/a", 150));
    expect(await store.get(queried("/a", 0).key)).toEqual([]);
    await store.put(queried("/a", 250));
    expect(await store.get(queried("/a", 0).key)).toHaveLength(1);
  });

  test("nor does anything come back that was under way while all was cleared", async () => {
    const { store, at } = open();
    at(200);
    await store.clear();
    await store.put(stored({ path: "/a", at: 199 }));
    expect(await store.get(keyOf("/a"))).toEqual([]);
    await store.put(stored({ path: "/a", at: 201 }));
    expect(await store.get(keyOf("/a"))).toHaveLength(1);
  });

  test("it can be asked beforehand", async () => {
    const { store, at } = open();
    expect(store.admits({ groups: [], key: keyOf("/a"), sentAt: 50 })).toBe(true);
    at(200);
    await store.invalidate(keyOf("/a"));
    expect(store.admits({ groups: [], key: keyOf("/a"), sentAt: 150 })).toBe(false);
    expect(store.admits({ groups: [], key: keyOf("/a"), sentAt: 201 })).toBe(true);
    expect(store.admits({ groups: [], key: keyOf("/b"), sentAt: 150 })).toBe(true);
  });

  test("RFC 9875 §3: nor what belongs to a group that was invalidated meanwhile", async () => {
    const { store, at } = open();
    const member = (path: string, sentAt: number, ...names: string[]): StoredResponse =>
      stored({ path, at: sentAt, headers: names.map((name) => ["cache-groups", `"${name}"`] as const) });
    await store.put(member("/a", 50, "red", "blue"));
    await store.put(member("/b", 50, "green"));
    at(200);
    expect(await store.invalidateGroup(groupOf("blue"))).toBe(1);
    at(300);
    for (const path of ["/a", "/c"]) await store.put(member(path, 150, "red", "blue"));
    await store.put(member("/d", 150, "Blue"));
    expect(await store.get(keyOf("/a"))).toEqual([]);
    expect(await store.get(keyOf("/c"))).toEqual([]);
    expect(await store.get(keyOf("/b"))).toHaveLength(1);
    expect(await store.get(keyOf("/d"))).toHaveLength(1);
    expect(store.admits(member("/a", 250, "blue"))).toBe(true);
    expect(store.admits(member("/a", 150, "red"))).toBe(true);
    expect(store.admits(member("/a", 150, "red", "blue"))).toBe(false);
  });

  test("an instant of its own is later than all invalidations so far and earlier than the next, on a clock that stands", async () => {
    const { store } = open();
    await store.invalidate(keyOf("/a"));
    const after = store.now();
    expect(store.admits({ groups: [], key: keyOf("/a"), sentAt: after })).toBe(true);
    await store.invalidate(keyOf("/a"));
    expect(store.admits({ groups: [], key: keyOf("/a"), sentAt: after })).toBe(false);
    const later = store.now();
    expect(store.admits({ groups: [], key: keyOf("/a"), sentAt: later })).toBe(true);
    await store.clear();
    expect(store.admits({ groups: [], key: keyOf("/a"), sentAt: later })).toBe(false);
  });

  test("a plain delete is no invalidation", async () => {
    const { store } = open();
    await store.delete(keyOf("/a"));
    await store.put(stored({ path: "/a", at: 50 }));
    expect(await store.get(keyOf("/a"))).toHaveLength(1);
  });

  test("of more invalidations than are remembered the older ones hold for everything", async () => {
    const { store, at } = open();
    for (let i = 0; i <= 10_000; i++) {
      at(1000 + i);
      await store.invalidate(keyOf(`/${i}`));
    }
    await store.put(stored({ path: "/0", at: 999 }));
    await store.put(stored({ path: "/never-named", at: 1000 }));
    expect(await store.get(keyOf("/0"))).toEqual([]);
    expect(await store.get(keyOf("/never-named"))).toEqual([]);
    await store.put(stored({ path: "/never-named", at: 1001 }));
    expect(await store.get(keyOf("/never-named"))).toHaveLength(1);
  });
});

describeInventory("fenced", () =>
  fenced(new MemoryStore(64_000_000, () => 0), new Fence(() => Number.NEGATIVE_INFINITY)),
);
describeStore("fenced", () => fenced(new MemoryStore(64_000_000, () => 0), new Fence(() => Number.NEGATIVE_INFINITY)));
