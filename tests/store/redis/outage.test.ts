import { describe, expect, test } from "bun:test";
import { cleanup } from "../../e2e/cleanup.ts";
import { until } from "../../sharing/until.ts";
import { freePort, startRedis } from "../redis-server.ts";
import { scratch } from "../scratch.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { LONG, type Opened, openStore } from "./opened.ts";

const stack = cleanup();

/** Resolves once so many lines were told, which are these. */
async function toldBy({ told }: Opened, lines: number): Promise<string[]> {
  await until("it was told", () => told.length >= lines);
  return told;
}

const LOST = expect.stringContaining("Redis at redis://there cannot be reached");
const BACK = expect.stringContaining("Redis at redis://there answers again");

describe("a Redis that hangs", () => {
  test("makes misses, which it is not asked for after the third; what is written is dropped; and it comes back", async () => {
    const redis = await startRedis(stack);
    const opened = await openStore(stack, redis.url, crypto.randomUUID(), { ...LONG, read: 60 });
    const { store, told } = opened;
    await store.put(stored({ body: "kept" }));
    redis.pause();
    for (let i = 0; i < 2; i++) expect(await store.get(keyOf("/"))).toEqual([]);
    expect(told).toEqual([]);
    for (let i = 0; i < 20; i++) expect(await store.get(keyOf("/"))).toEqual([]);
    expect(told).toEqual([LOST]);
    await store.putAll([stored({ path: "/dropped" })]);
    expect(await store.keys({ prefix: "", after: undefined, limit: 9 })).toEqual([]);
    expect(await store.look(keyOf("/"))).toEqual([]);
    expect(told).toHaveLength(1);
    redis.resume();
    expect(await toldBy(opened, 2)).toEqual([LOST, BACK]);
    expect(told[1]).toMatch(/\(not asked: (?:19|2\d), responses not written: 1, invalidations made up for: 0\)/);
    expect(await store.get(keyOf("/"))).toHaveLength(1);
    expect(await store.get(keyOf("/dropped"))).toEqual([]);
  });

  test("is not read again before it has heard of what was purged meanwhile", async () => {
    const redis = await startRedis(stack);
    const namespace = crypto.randomUUID();
    const opened = await openStore(stack, redis.url, namespace, { ...LONG, purge: 100 });
    const { store } = opened;
    const paths = ["/key", "/group", "/prefix/1", "/soft", "/kept"];
    for (const path of paths)
      await store.put(stored({ path, headers: path === "/group" ? [["cache-groups", '"red"']] : [] }));
    redis.pause();
    // The first one finds out; the others are never sent.
    expect(await store.delete(keyOf("/key"))).toBe(0);
    expect(await store.deleteGroup(groupOf("red"))).toBe(0);
    expect(await store.purge({ what: { type: "prefix", prefix: keyOf("/prefix/") }, how: "hard" })).toBe(0);
    expect(await store.purge({ what: { type: "key", key: keyOf("/soft") }, how: "soft" })).toBe(0);
    redis.resume();
    // What is read the moment that it is read at all.
    let first = await store.get(keyOf("/kept"));
    while (first.length === 0) {
      expect(await store.get(keyOf("/key"))).toEqual([]);
      await Bun.sleep(1);
      first = await store.get(keyOf("/kept"));
    }
    expect(await toldBy(opened, 2)).toEqual([LOST, expect.stringContaining("invalidations made up for: 4")]);
    const other = await openStore(stack, redis.url, namespace);
    for (const { store: each } of [opened, other]) {
      const found = await Promise.all(paths.map((path) => each.get(keyOf(path))));
      expect(found.map((variants) => variants.map(({ reading }) => reading.lifetime.source))).toEqual([
        [],
        [],
        [],
        ["purged"],
        ["max-age"],
      ]);
    }
  });

  test("what nobody ever told it of is told when the proxy ends", async () => {
    const redis = await startRedis(stack);
    const { store, told } = await openStore(stack, redis.url);
    await redis.kill();
    await store.delete(keyOf("/a"));
    await store.delete(keyOf("/b"));
    await store[Symbol.asyncDispose]();
    expect(told).toEqual([LOST, "Redis at redis://there was never told of 2 invalidations"]);
  });
});

describe("a Redis that dies", () => {
  test("is missed once and used again when it is back", async () => {
    const redis = await startRedis(stack);
    const opened = await openStore(stack, redis.url);
    const { store } = opened;
    await store.put(stored({ body: "lost with it" }));
    await redis.kill();
    expect(await toldBy(opened, 1)).toEqual([LOST]);
    for (let i = 0; i < 10; i++) {
      expect(await store.get(keyOf("/"))).toEqual([]);
      await store.put(stored());
    }
    await startRedis(stack, { port: redis.port });
    expect(await toldBy(opened, 2)).toEqual([LOST, BACK]);
    expect(await store.get(keyOf("/"))).toEqual([]);
    await store.put(stored({ body: "again" }));
    expect(await store.get(keyOf("/"))).toHaveLength(1);
    expect(await store.delete(keyOf("/"))).toBe(1);
  });

  test("and comes back with what it had before is trusted with nothing of that", async () => {
    const folder = scratch(stack);
    const flags = ["--dir", folder, "--appendonly", "yes", "--appendfsync", "always"];
    const redis = await startRedis(stack, { flags });
    const opened = await openStore(stack, redis.url);
    await opened.store.put(stored());
    await redis.kill();
    const again = await startRedis(stack, { port: redis.port, flags });
    const raw = new Bun.RedisClient(again.url);
    expect(await raw.keys("*:v:*")).toHaveLength(1);
    raw.close();
    await toldBy(opened, 2);
    expect(await opened.store.get(keyOf("/"))).toEqual([]);
    expect((await opened.store.stats()).entries).toBe(0);
  });

  test("forgets the scripts, which costs nothing", async () => {
    const redis = await startRedis(stack);
    const { store, told } = await openStore(stack, redis.url);
    await store.put(stored());
    const raw = new Bun.RedisClient(redis.url);
    await raw.send("SCRIPT", ["FLUSH"]);
    raw.close();
    expect(await store.get(keyOf("/"))).toHaveLength(1);
    expect(told).toEqual([]);
  });
});

test("a Redis that is not there yet is waited for", async () => {
  const port = freePort();
  const opened = await openStore(stack, `redis://127.0.0.1:${port}`);
  expect(opened.told).toEqual([LOST]);
  await opened.store.delete(keyOf("/"));
  await startRedis(stack, { port });
  expect(await toldBy(opened, 2)).toEqual([LOST, BACK]);
  await opened.store.put(stored());
  expect(await opened.store.get(keyOf("/"))).toHaveLength(1);
});
