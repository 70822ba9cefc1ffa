import { describe, expect, test } from "bun:test";
import type { CacheKey } from "../../../src/caching/key.ts";
import type { StoredResponse } from "../../../src/caching/stored.ts";
import { PATIENCE } from "../../../src/store/memcached/server.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { until } from "../../sharing/until.ts";
import { type MemcachedServer, startMemcached } from "../memcached-server.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { type Opened, openStore } from "./opened.ts";

const stack = cleanup();

/** What a get gives, or that it failed, which `guarded` makes a miss of. */
async function tried(store: Opened["store"], key: CacheKey): Promise<readonly StoredResponse[] | "failed"> {
  try {
    return await store.get(key);
  } catch {
    return "failed";
  }
}

/** What a get gives that is asked again where a busy machine kept the server from answering in time. */
async function found(store: Opened["store"], key: CacheKey): Promise<readonly StoredResponse[]> {
  for (;;) {
    const got = await tried(store, key);
    if (got !== "failed") return got;
  }
}

/** Asks until the server is left alone. */
async function untilAway(store: Opened["store"]): Promise<void> {
  for (let i = 0; i < 3; i++) expect(await tried(store, keyOf("/"))).toBe("failed");
  expect(await tried(store, keyOf("/"))).toEqual([]);
}

/** Keys of which the first lies on the first server, and so on. */
async function keysOn(servers: readonly MemcachedServer[], { store }: Opened): Promise<string[]> {
  const paths: string[] = [];
  for (let i = 0; paths.filter((path) => path !== undefined).length < servers.length; i++) {
    const before = await Promise.all(servers.map(itemsOf));
    await store.put(stored({ path: `/${i}`, body: String(i) }));
    const after = await Promise.all(servers.map(itemsOf));
    const grown = after.findIndex((items, at) => items - (before[at] ?? 0) >= 2);
    paths[grown] ??= `/${i}`;
  }
  return paths;
}

async function itemsOf(server: MemcachedServer): Promise<number> {
  return Number(/STAT total_items (\d+)/.exec(await server.tell("stats"))?.[1]);
}

describe("a server that is dead", () => {
  test("is a miss, is told of once, and is used again when it is there", async () => {
    const server = await startMemcached(stack);
    const { store, told, back } = await openStore(stack, [server.address]);
    await store.put(stored());
    await server.kill();
    await untilAway(store);
    expect(told).toEqual([`memcached at 127.0.0.1:${server.port} does not answer: it is left out until it does`]);
    await store.put(stored());
    expect(await store.delete(keyOf("/"))).toBe(0);
    expect(await store.deleteGroup(groupOf("a"))).toBe(0);
    expect(await store.clear()).toBe(0);
    expect(await store.look(keyOf("/"))).toEqual([]);
    expect(told).toHaveLength(1);
    // A get, the put, three invalidations and a look; the first gets were told.
    expect(store.report()).toMatchObject({ state: "failing", unwritten: 1 });
    expect(store.report().failures).toBe(6);
    await startMemcached(stack, server.port);
    await back();
    expect(store.report().state).toBe("working");
    expect(told).toEqual([told[0] ?? "", `memcached at 127.0.0.1:${server.port} answers again`]);
    await store.put(stored({ path: "/new" }));
    expect(await store.get(keyOf("/new"))).toHaveLength(1);
  });

  test("when the proxy starts, is waited for", async () => {
    const server = await startMemcached(stack);
    await server.kill();
    const { store, told, back } = await openStore(stack, [server.address]);
    expect(told).toHaveLength(1);
    expect(await store.get(keyOf("/"))).toEqual([]);
    await startMemcached(stack, server.port);
    await back();
    await store.put(stored());
    expect(await store.get(keyOf("/"))).toHaveLength(1);
  });

  test("and comes back empty is empty, though nobody noticed", async () => {
    const server = await startMemcached(stack);
    const { store } = await openStore(stack, [server.address]);
    await store.put(stored({ path: "/old" }));
    await server.kill();
    await startMemcached(stack, server.port);
    await until("it answers", async () => (await tried(store, keyOf("/old"))) !== "failed");
    expect(await store.get(keyOf("/old"))).toEqual([]);
    await store.put(stored({ path: "/new" }));
    expect(await store.get(keyOf("/new"))).toHaveLength(1);
    expect(await store.get(keyOf("/old"))).toEqual([]);
  });
});

describe("a server that hangs", () => {
  const group = [["cache-groups", '"a"']] as const;
  const drops: readonly (readonly [string, (store: Opened["store"]) => Promise<number>])[] = [
    ["a key", (store) => store.delete(keyOf("/old"))],
    ["a group", (store) => store.deleteGroup(groupOf("a"))],
    ["everything", (store) => store.clear()],
    ["a key softly", async (store) => store.purge({ what: { type: "key", key: keyOf("/old") }, how: "soft" })],
  ];

  test("is a miss as long as it does, and has what it had afterwards", async () => {
    const server = await startMemcached(stack);
    const { store, back } = await openStore(stack, [server.address], undefined, PATIENCE);
    await store.put(stored({ body: "a" }));
    await server.pause();
    await untilAway(store);
    server.resume();
    await back();
    expect(await found(store, keyOf("/"))).toHaveLength(1);
  });

  test.each(drops)("does not bring back what was lost of an invalidation: %s", async (_, drop) => {
    const server = await startMemcached(stack);
    const namespace = crypto.randomUUID();
    const { store, back } = await openStore(stack, [server.address], namespace, PATIENCE);
    const other = await openStore(stack, [server.address], namespace);
    await store.put(stored({ path: "/old", headers: group }));
    await server.pause();
    expect(await drop(store)).toBe(0);
    server.resume();
    // Not even where it answers by now.
    expect(await found(store, keyOf("/old"))).toEqual([]);
    await back();
    expect(await found(store, keyOf("/old"))).toEqual([]);
    expect(await found(other.store, keyOf("/old"))).toEqual([]);
  });

  test.each(drops)("is made up for what was invalidated while it was left alone: %s", async (_, drop) => {
    const server = await startMemcached(stack);
    const { store, back } = await openStore(stack, [server.address], undefined, PATIENCE);
    await store.put(stored({ path: "/old", headers: group }));
    await server.pause();
    await untilAway(store);
    await drop(store);
    server.resume();
    await back();
    expect(await found(store, keyOf("/old"))).toEqual([]);
    await store.put(stored({ path: "/old", body: "new" }));
    expect(await found(store, keyOf("/old"))).toHaveLength(1);
  });

  test("does not keep what it was told to write before it hung", async () => {
    const server = await startMemcached(stack);
    const { store, back } = await openStore(stack, [server.address], undefined, {
      ...PATIENCE,
      write: PATIENCE.read,
    });
    await store.put(stored({ path: "/first" }));
    await server.pause();
    await expect(store.put(stored({ path: "/old" }))).rejects.toThrow("no answer within");
    await store.delete(keyOf("/old"));
    server.resume();
    await back();
    expect(await found(store, keyOf("/old"))).toEqual([]);
  });
});

test("a server that is full and may drop nothing is told of once, and has what it has", async () => {
  const server = await startMemcached(stack, undefined, ["-m", "4", "-M"]);
  const { store, told } = await openStore(stack, [server.address]);
  await store.put(stored({ path: "/small", body: "small" }));
  for (let i = 0; i < 20; i++) await store.putAll([stored({ path: `/${i}`, body: new Uint8Array(400_000) })]);
  expect(told).toEqual([`memcached at 127.0.0.1:${server.port} refuses what is to be stored; what it has is served`]);
  expect(await store.get(keyOf("/19"))).toEqual([]);
  expect(await store.get(keyOf("/small"))).toHaveLength(1);
});

test("who ends while a server is away says what that was never told", async () => {
  const server = await startMemcached(stack);
  const { store, told } = await openStore(stack, [server.address]);
  await server.kill();
  await store.delete(keyOf("/a"));
  await store.clear();
  await store[Symbol.asyncDispose]();
  expect(told.at(-1)).toBe(`memcached at 127.0.0.1:${server.port} was never told of 2 invalidations`);
});

describe("one of two servers", () => {
  test("that dies takes only its own share of the keys with it", async () => {
    const servers = [await startMemcached(stack), await startMemcached(stack)];
    const opened = await openStore(
      stack,
      servers.map(({ address }) => address),
    );
    const [first = "", second = ""] = await keysOn(servers, opened);
    expect(await opened.store.get(keyOf(first))).toHaveLength(1);
    await servers[0]?.kill();
    expect(await tried(opened.store, keyOf(first))).toBe("failed");
    expect(await opened.store.get(keyOf(second))).toHaveLength(1);
    expect(await opened.store.clear()).toBe(0);
    expect(await opened.store.get(keyOf(second))).toEqual([]);
    await opened.store.put(stored({ path: second, headers: [["cache-groups", '"a"']] }));
    expect(await opened.store.get(keyOf(second))).toHaveLength(1);
    await opened.store.deleteGroup(groupOf("a"));
    expect(await opened.store.get(keyOf(second))).toEqual([]);
  });
});
