import { describe, expect, test } from "bun:test";
import { S3FifoEviction } from "../../../src/store/memory/eviction-s3-fifo.ts";
import { footprint } from "../../../src/store/memory/footprint.ts";
import { MemoryStore } from "../../../src/store/memory/memory-store.ts";
import { describeStore } from "../contract.ts";
import { describeInventory } from "../inventory-contract.ts";
import { keyOf, stored } from "../stored.ts";

const MB = 1024 * 1024;
describeStore("memory", () => new MemoryStore(16 * MB, () => 0));
describeInventory("memory", () => new MemoryStore(16 * MB, () => 0));
describeStore("memory by S3-FIFO", () => new MemoryStore(16 * MB, () => 0, new S3FifoEviction(16 * MB)));

/** A store with room for so many responses like `stored({ path: "/a" })`. */
function roomFor(entries: number, clock: () => number = () => 0): MemoryStore {
  return new MemoryStore(entries * footprint(stored({ path: "/a" })), clock);
}

function paths(store: MemoryStore, asked: string): string {
  // One key at a time would touch them; what is gone is found by one look each, in the order asked.
  return [...asked].filter((path) => store.get(keyOf(`/${path}`)).length > 0).join("");
}

describe("what goes when room is short", () => {
  test("the key put longest ago", () => {
    const store = roomFor(3);
    for (const path of "abcd") store.put(stored({ path: `/${path}` }));
    expect(paths(store, "abcd")).toBe("bcd");
    expect(store.stats()).toMatchObject({ entries: 3, evictions: 1, expired: 0 });
  });

  test("a get and a put again keep a key", () => {
    const store = roomFor(3);
    for (const path of "abc") store.put(stored({ path: `/${path}` }));
    store.get(keyOf("/a"));
    store.put(stored({ path: "/b" }));
    for (const path of "de") store.put(stored({ path: `/${path}` }));
    expect(paths(store, "abcde")).toBe("bde");
  });

  test("touching the newest, the middle and the oldest keeps the order whole", () => {
    const store = roomFor(4);
    for (const path of "abcd") store.put(stored({ path: `/${path}` }));
    for (const path of "dbadcba") store.get(keyOf(`/${path}`));
    store.put(stored({ path: "/e" }));
    store.put(stored({ path: "/f" }));
    expect(paths(store, "abcdef")).toBe("abef");
  });

  test("a look for what is not there keeps nothing", () => {
    const store = roomFor(2);
    store.put(stored({ path: "/a" }));
    store.get(keyOf("/z"));
    store.delete(keyOf("/z"));
    store.put(stored({ path: "/b" }));
    store.put(stored({ path: "/c" }));
    expect(paths(store, "abc")).toBe("bc");
  });

  test("deleting the oldest, the newest and the only key leaves the order whole", () => {
    const store = roomFor(3);
    for (const path of "abc") store.put(stored({ path: `/${path}` }));
    store.delete(keyOf("/a"));
    store.delete(keyOf("/c"));
    for (const path of "def") store.put(stored({ path: `/${path}` }));
    expect(paths(store, "abcdef")).toBe("def");
    for (const path of "def") store.delete(keyOf(`/${path}`));
    store.put(stored({ path: "/g" }));
    expect(paths(store, "g")).toBe("g");
    expect(store.stats()).toMatchObject({ entries: 1, evictions: 1 });
  });

  test("all variants of a key together, each counted", () => {
    const room = 4 * footprint(stored({ path: "/a", selecting: [["accept", "x"]] }));
    const store = new MemoryStore(room, () => 0);
    for (const value of "xy") store.put(stored({ path: "/a", selecting: [["accept", value]] }));
    for (const path of "bcd") store.put(stored({ path: `/${path}`, selecting: [["accept", "x"]] }));
    expect(store.stats()).toMatchObject({ entries: 3, evictions: 2 });
    expect(paths(store, "abcd")).toBe("bcd");
  });

  test("of the only key its variants put longest ago, not the one just put", () => {
    const room = 3 * footprint(stored({ path: "/a", selecting: [["accept", "x"]] }));
    const store = new MemoryStore(room, () => 0);
    for (const value of "vwxyz") store.put(stored({ path: "/a", selecting: [["accept", value]] }));
    expect(store.get(keyOf("/a")).map(({ selecting }) => selecting[0]?.[1])).toEqual(["z", "y", "x"]);
    expect(store.stats()).toMatchObject({ entries: 3, evictions: 2 });
  });

  test("expired ones before the least recently used", () => {
    let now = 0;
    const store = roomFor(3, () => now);
    store.put(stored({ path: "/a", maxAge: 60 }));
    store.put(stored({ path: "/b", maxAge: 10 }));
    store.put(stored({ path: "/c", maxAge: 20 }));
    now = 15_000;
    store.put(stored({ path: "/d", maxAge: 60, at: now }));
    expect(paths(store, "abcd")).toBe("acd");
    expect(store.stats()).toMatchObject({ entries: 3, evictions: 0, expired: 1 });
    store.put(stored({ path: "/e", maxAge: 60, at: now }));
    expect(store.stats()).toMatchObject({ entries: 3, evictions: 1, expired: 1 });
  });

  test("of several variants the expired one alone", () => {
    let now = 0;
    const room = 2 * footprint(stored({ path: "/a", selecting: [["accept", "x"]] }));
    const store = new MemoryStore(room, () => now);
    store.put(stored({ path: "/a", selecting: [["accept", "x"]], maxAge: 10 }));
    store.put(stored({ path: "/a", selecting: [["accept", "y"]], maxAge: 60 }));
    now = 11_000;
    store.put(stored({ path: "/b", at: now }));
    expect(store.get(keyOf("/a")).map(({ selecting }) => selecting)).toEqual([[["accept", "y"]]]);
    expect(store.stats()).toMatchObject({ entries: 2, evictions: 0, expired: 1 });
  });

  test("what may still be served stale has not expired (RFC 5861)", () => {
    let now = 0;
    const store = roomFor(2, () => now);
    store.put(stored({ path: "/a", headers: [["cache-control", "stale-if-error=100"]], maxAge: 1 }));
    now = 50_000;
    store.put(stored({ path: "/b", at: now }));
    store.put(stored({ path: "/c", at: now }));
    expect(store.stats()).toMatchObject({ evictions: 1, expired: 0 });
  });
});

describe("S3-FIFO in its place", () => {
  test("a key that was asked for again outlives any number that were not, its variants together", () => {
    const room = 20 * footprint(stored({ path: "/a", selecting: [["accept", "x"]] }));
    const store = new MemoryStore(room, () => 0, new S3FifoEviction(room));
    for (const value of "xy") store.put(stored({ path: "/a", selecting: [["accept", value]] }));
    store.get(keyOf("/a"));
    for (let i = 0; i < 500; i++) store.put(stored({ path: `/once/${i}` }));
    expect(store.get(keyOf("/a"))).toHaveLength(2);
  });

  test("expired ones go first all the same", () => {
    let now = 0;
    const room = 5 * footprint(stored({ path: "/a" }));
    const store = new MemoryStore(room, () => now, new S3FifoEviction(room));
    store.put(stored({ path: "/a", maxAge: 10 }));
    store.get(keyOf("/a"));
    for (const path of "bcd") store.put(stored({ path: `/${path}` }));
    now = 11_000;
    store.put(stored({ path: "/e", at: now }));
    expect(paths(store, "abcde")).toBe("bcde");
    expect(store.stats()).toMatchObject({ evictions: 0, expired: 1 });
  });
});

describe("the bound", () => {
  test("what the order of eviction takes for itself counts", () => {
    const large = stored({ path: "/l", body: new Uint8Array(100_000) });
    const order = new S3FifoEviction(footprint(large));
    const tight = new MemoryStore(footprint(large), () => 0, order);
    tight.put(large);
    expect(tight.stats()).toMatchObject({ entries: 0, evictions: 0 });
    const roomy = new MemoryStore(footprint(large) + order.bytes, () => 0, order);
    roomy.put(large);
    expect(roomy.stats().entries).toBe(1);
  });

  test("a response larger than all of it is refused, and costs nobody their place", () => {
    const store = roomFor(2);
    store.put(stored({ path: "/a" }));
    store.put(stored({ path: "/b" }));
    const before = store.stats();
    store.put(stored({ path: "/c", body: new Uint8Array(before.maxBytes) }));
    expect(store.stats()).toEqual(before);
    expect(paths(store, "abc")).toBe("ab");
  });

  test("one that fills it exactly is kept, alone", () => {
    const large = stored({ path: "/l", body: new Uint8Array(100_000) });
    const store = new MemoryStore(footprint(large), () => 0);
    for (const path of "abc") store.put(stored({ path: `/${path}` }));
    store.put(large);
    expect(store.stats()).toMatchObject({ entries: 1, bytes: footprint(large), evictions: 3 });
  });

  test("a key with endless variants keeps the newest 128", () => {
    const store = new MemoryStore(64 * MB, () => 0);
    for (let i = 0; i < 1000; i++) store.put(stored({ selecting: [["user-agent", String(i)]] }));
    const found = store.get(keyOf("/"));
    expect(found).toHaveLength(128);
    expect(found[0]?.selecting).toEqual([["user-agent", "999"]]);
    expect(found[127]?.selecting).toEqual([["user-agent", "872"]]);
    expect(store.stats()).toMatchObject({ entries: 128 });
    expect(store.delete(keyOf("/"))).toBe(128);
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });
});

test("bytes count body, fields, key, selecting fields and groups", () => {
  const bare = footprint(stored({ path: "/a" }));
  expect(footprint(stored({ path: "/abc" })) - bare).toBe(2);
  expect(footprint(stored({ path: "/a", body: "x".repeat(800) })) - bare).toBe(800);
  expect(footprint(stored({ path: "/a", body: "x".repeat(8000) })) - bare).toBeGreaterThan(9000);
  const withField = footprint(stored({ path: "/a", headers: [["x-y", "12"]] })) - bare;
  expect(withField).toBe(5 + 2);
  expect(footprint(stored({ path: "/a", headers: [["x-y", "1234"]] })) - bare).toBe(withField + 2);
  const selects = (value: string | null): number =>
    footprint(stored({ path: "/a", selecting: [["x-y", value]] })) - bare;
  expect(selects("12")).toBe(5 + 2 + 1);
  expect(selects(null)).toBe(3 + 2);
  const { groups, ...rest } = stored({ path: "/a", headers: [["cache-groups", '"x", "yz"']] });
  const perGroup = (footprint({ ...rest, groups }) - footprint({ ...rest, groups: [] }) - groups.join("").length) / 2;
  expect(perGroup).toBeGreaterThan(100);
});

test("a large body counts for hardly more than its length", () => {
  const body = new Uint8Array(32 * MB);
  expect(footprint(stored({ body })) / body.byteLength).toBeLessThan(1.01);
});

test("disposing lets go of everything", async () => {
  const store = roomFor(2);
  {
    await using disposed = store;
    disposed.put(stored());
  }
  expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
});
