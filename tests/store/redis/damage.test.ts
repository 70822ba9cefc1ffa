import { describe, expect, test } from "bun:test";
import type { StoredResponse } from "../../../src/caching/stored.ts";
import { hashOf } from "../../../src/store/namespace.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { startRedis } from "../redis-server.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { openStore } from "./opened.ts";

const stack = cleanup();
const redis = await startRedis(stack);
const raw = new Bun.RedisClient(redis.url);
stack.defer(() => raw.close());

const LARGE = new Uint8Array(1024 * 1024 + 1).map((_, i) => (i * 13) >> 3);
const RED = [["cache-groups", '"red"']] as const;

/** A store that holds `/a` in three chunks and `/b` in one, and the names of what Redis has of it. */
async function filled() {
  const namespace = crypto.randomUUID();
  const { store, told } = await openStore(stack, redis.url, namespace);
  await store.put(stored({ path: "/a", body: LARGE, headers: RED }));
  await store.put(stored({ path: "/b", body: "b", headers: RED }));
  const prefix = `caching-proxy:1:${namespace}:`;
  const names: string[] = await raw.keys(`${prefix}*`);
  const one = (...parts: readonly string[]): string =>
    names.find((name) => parts.every((part) => name.slice(prefix.length).includes(part))) ?? "";
  const v = (path: string): string => `${prefix}v:${hashOf(keyOf(path))}`;
  const read = async (path: string): Promise<string> => {
    const [found] = await store.get(keyOf(path));
    if (found === undefined) return "miss";
    const bytes = await found.body.bytes();
    const whole = path === "/a" ? LARGE : new TextEncoder().encode("b");
    return Buffer.from(bytes).equals(whole) ? "hit" : "wrong";
  };
  return { store, told, prefix, one, v, read };
}

type Filled = Awaited<ReturnType<typeof filled>>;

describe("Redis may evict anything at any time: that is a miss", () => {
  test.each<[string, (of: Filled) => string]>([
    ["the middle of a body", ({ one }) => one("b:", ".3:1")],
    ["the last chunk", ({ one }) => one("b:", ".3:2")],
    ["the variants", ({ v }) => v("/a")],
    ["the index", ({ prefix }) => `${prefix}index`],
    ["what expires when", ({ prefix }) => `${prefix}expiry`],
    ["the state", ({ prefix }) => `${prefix}state`],
    ["a group", ({ prefix }) => `${prefix}g:${hashOf(groupOf("red"))}`],
  ])("%s", async (_, of) => {
    const all = await filled();
    expect(await all.read("/a")).toBe("hit");
    expect(await raw.del(of(all))).toBe(1);
    expect(await all.read("/a")).toBe("miss");
    const again = stored({ path: "/a", body: LARGE, headers: RED });
    await all.store.put(again);
    expect(await all.read("/a")).toBe("hit");
    expect(await all.store.deleteGroup(groupOf("red"))).toBeGreaterThanOrEqual(1);
    expect(await all.read("/a")).toBe("miss");
    expect(await all.read("/b")).toBe("miss");
    expect(all.told).toEqual([]);
  });

  test("what no purge would find any more is not served", async () => {
    const { store, prefix, read } = await filled();
    await raw.del(`${prefix}g:${hashOf(groupOf("red"))}`);
    expect(await store.deleteGroup(groupOf("red"))).toBe(0);
    expect([await read("/a"), await read("/b")]).toEqual(["miss", "miss"]);
  });

  test("a body that is missing is counted and its response dropped", async () => {
    const { store, one, read } = await filled();
    await raw.del(one("b:", ".1:0"));
    expect(await read("/b")).toBe("miss");
    expect(await read("/b")).toBe("miss");
    expect(await store.stats()).toMatchObject({ entries: 1, evictions: 1 });
  });
});

describe("what is not what was written is a miss", () => {
  const value = async ({ v }: Filled, path: string): Promise<readonly [id: string, value: string]> => {
    const [entry] = Object.entries(await raw.hgetall(v(path)));
    return entry ?? ["", ""];
  };
  test.each<[string, (of: Filled) => Promise<unknown>]>([
    ["a truncated chunk", ({ one }) => raw.set(one("b:", ".1:0"), "")],
    ["a chunk with another byte", ({ one }) => raw.set(one("b:", ".1:0"), "c")],
    [
      "a list in place of a chunk",
      async ({ one }) => [await raw.del(one("b:", ".1:0")), await raw.rpush(one("b:", ".1:0"), "b")],
    ],
    ["text in place of the variants", async ({ v }) => raw.set(v("/b"), "x")],
    ["a value that says nothing", async (of) => raw.hset(of.v("/b"), (await value(of, "/b"))[0], "x")],
    [
      "a value cut short",
      async (of) => {
        const [id, text] = await value(of, "/b");
        await raw.hset(of.v("/b"), id, text.slice(0, -1));
      },
    ],
    [
      "a value of another format",
      async (of) => {
        const [id, text] = await value(of, "/b");
        await raw.hset(of.v("/b"), id, text.replace(/(\n[^\n]*\n)\d+ /, "$10 "));
      },
    ],
    [
      "the value of another key",
      async (of) => {
        const [id] = await value(of, "/b");
        await raw.hset(of.v("/b"), id, (await value(of, "/a"))[1]);
      },
    ],
    [
      "all of another key",
      async (of) => {
        await raw.del(of.v("/b"));
        await raw.hset(of.v("/b"), ...(await value(of, "/a")));
      },
    ],
    [
      "the body of another",
      async (of) => raw.set(of.one("b:", ".1:0"), (await raw.getBuffer(of.one("b:", ".3:0"))) ?? ""),
    ],
  ])("%s", async (_, damage) => {
    const all = await filled();
    expect(await all.read("/b")).toBe("hit");
    await damage(all);
    expect(await all.read("/b")).toBe("miss");
    expect(await all.read("/a")).toBe("hit");
    await all.store.put(stored({ path: "/b", body: "b", headers: RED }));
    expect(await all.read("/b")).toBe("hit");
    expect(await all.store.clear()).toBe(2);
    expect(all.told).toEqual([]);
  });

  test("the chunks of two writings are never put together", async () => {
    const { store } = await filled();
    const other: StoredResponse = stored({ path: "/a", body: LARGE.toReversed() });
    const reading = store.get(keyOf("/a"));
    await store.put(other);
    const [found] = await reading;
    const bytes = Buffer.from((await found?.body.bytes()) ?? LARGE);
    expect(bytes.equals(LARGE) || bytes.equals(LARGE.toReversed())).toBe(true);
  });
});

test("a Redis that evicts under pressure serves what it has, and never anything wrong", async () => {
  const small = await startRedis(stack, { flags: ["--maxmemory", "6mb", "--maxmemory-policy", "allkeys-lru"] });
  const { store, told } = await openStore(stack, small.url);
  const body = (i: number): string => `${i} `.repeat(4096);
  for (let i = 0; i < 400; i += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, k) => store.put(stored({ path: `/${i + k}`, body: body(i + k), headers: RED }))),
    );
  }
  let hits = 0;
  for (let i = 0; i < 400; i++) {
    const [found] = await store.get(keyOf(`/${i}`));
    if (found === undefined) continue;
    hits++;
    expect(await found.body.text()).toBe(body(i));
  }
  // All of them where it lets go of the index, which it may take for as old as the rest: its clock for that has seconds.
  expect(hits).toBeLessThan(400);
  await store.deleteGroup(groupOf("red"));
  for (let i = 0; i < 400; i++) expect(await store.get(keyOf(`/${i}`))).toEqual([]);
  expect(told).toEqual([]);
});

test("a Redis that is full and evicts nothing is read from and purged all the same, and says once that it refuses", async () => {
  const full = await startRedis(stack, { flags: ["--maxmemory", "6mb", "--maxmemory-policy", "noeviction"] });
  const { store, told } = await openStore(stack, full.url);
  const body = "x".repeat(64 * 1024);
  for (let i = 0; i < 120; i++) await store.put(stored({ path: `/${i}`, body, headers: RED }));
  expect(told).toEqual([expect.stringContaining("refuses what is to be stored")]);
  expect(await store.get(keyOf("/0"))).toHaveLength(1);
  const { entries } = await store.stats();
  expect(entries).toBeLessThan(120);
  expect(await store.deleteGroup(groupOf("red"))).toBe(entries);
  await store.put(stored({ path: "/again" }));
  expect(await store.get(keyOf("/again"))).toHaveLength(1);
});
