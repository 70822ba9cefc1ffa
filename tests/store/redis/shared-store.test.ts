import { describe, expect, test } from "bun:test";
import { prefixOf } from "../../../src/store/redis/names.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { startRedis } from "../redis-server.ts";
import { groupOf, keyOf, type Sketch, stored } from "../stored.ts";
import { type Opened, openStore } from "./opened.ts";

const stack = cleanup();
const redis = await startRedis(stack);
const raw = new Bun.RedisClient(redis.url);
stack.defer(() => raw.close());

/** Two proxies of one origin, on a Redis of which they have known for long. */
async function two(): Promise<readonly [Opened, Opened]> {
  const namespace = crypto.randomUUID();
  const both = [await openStore(stack, redis.url, namespace), await openStore(stack, redis.url, namespace)] as const;
  await raw.zadd(`${prefixOf(namespace)}state`, "-1", "floor");
  return both;
}

async function bodiesAt(path: string, { store }: Opened): Promise<string[]> {
  return Promise.all((await store.get(keyOf(path))).map(({ body }) => body.text()));
}

/** What was asked for some ms before now, by a clock that stands. */
function asked(before: number, sketch: Sketch = {}) {
  return { ...stored(sketch), sentAt: NOW - before };
}

const NOW = 1_000_000;
/** Longer ago than any test takes. */
const [LONG_AGO, LONGER_AGO] = [100_000, 200_000];

describe("two proxies on one Redis", () => {
  test("what one has put the other finds, also what is in chunks", async () => {
    const [a, b] = await two();
    const body = new Uint8Array(3 * 512 * 1024 + 7).map((_, i) => (i * 7) >> 2);
    await a.store.put(stored({ body }));
    const [found] = await b.store.get(keyOf("/"));
    expect(Buffer.from((await found?.body.bytes()) ?? []).equals(body)).toBe(true);
    expect(await b.store.delete(keyOf("/"))).toBe(1);
    expect(await a.store.get(keyOf("/"))).toEqual([]);
  });

  test("those of another origin see nothing of each other", async () => {
    const [a] = await two();
    const [b] = await two();
    await a.store.put(stored({ body: "a" }));
    expect(await b.store.get(keyOf("/"))).toEqual([]);
    expect(await b.store.clear()).toBe(0);
    expect(await bodiesAt("/", a)).toEqual(["a"]);
  });

  test("of what two asked for at one time each writing is whole, and one of them stays", async () => {
    const [a, b] = await two();
    const variants = Array.from({ length: 20 }, (_, i) => `${i}`);
    const put = ({ store }: Opened, name: string) =>
      Promise.all(
        variants.map((value) => store.put(stored({ body: `${name}${value}`, selecting: [["accept", value]] }))),
      );
    await Promise.all([put(a, "a"), put(b, "b")]);
    const found = await a.store.get(keyOf("/"));
    const names = await Promise.all(found.map(async ({ body, selecting }) => [await body.text(), selecting[0]?.[1]]));
    for (const [text, value] of names) expect(text?.slice(1)).toBe(value ?? "");
    // Who finds others there time and again gives up: a miss. None is there twice.
    expect(new Set(names.map(([, value]) => value)).size).toBe(names.length);
    expect((await a.store.stats()).entries).toBe(names.length);
    expect(names.length).toBeGreaterThan(0);
  });

  test("what was asked for later stays, whoever asked", async () => {
    const [a, b] = await two();
    for (const each of [a, b]) each.set({ wall: 0, steady: NOW });
    await a.store.put(asked(LONG_AGO, { body: "later" }));
    await b.store.put(asked(LONGER_AGO, { body: "earlier" }));
    expect(await bodiesAt("/", b)).toEqual(["later"]);
    await b.store.put(asked(0, { body: "latest" }));
    expect(await bodiesAt("/", a)).toEqual(["latest"]);
  });

  test.each([
    ["the key", (on: Opened) => on.store.delete(keyOf("/"))],
    ["a group", (on: Opened) => on.store.deleteGroup(groupOf("red"))],
    ["everything", (on: Opened) => on.store.clear()],
    ["a prefix", (on: Opened) => on.store.purge({ what: { type: "prefix", prefix: keyOf("/") }, how: "hard" })],
    ["a key, softly", (on: Opened) => on.store.purge({ what: { type: "key", key: keyOf("/") }, how: "soft" })],
    [
      "a group, softly",
      (on: Opened) => on.store.purge({ what: { type: "group", group: groupOf("red") }, how: "soft" }),
    ],
  ])(
    "what was asked for before %s was invalidated by the other stays out, what came after is kept",
    async (_, invalidate) => {
      const [a, b] = await two();
      b.set({ wall: 0, steady: NOW });
      const member: Sketch = { body: "old", headers: [["cache-groups", '"red"']] };
      await invalidate(a);
      await b.store.put(asked(LONG_AGO, member));
      expect(await bodiesAt("/", b)).toEqual([]);
      await b.store.put(asked(0, { ...member, body: "new" }));
      expect(await bodiesAt("/", a)).toEqual(["new"]);
    },
  );

  test("an invalidation of something else keeps nothing out", async () => {
    const [a, b] = await two();
    b.set({ wall: 0, steady: NOW });
    await a.store.delete(keyOf("/other"));
    await a.store.deleteGroup(groupOf("blue"));
    await b.store.put(asked(LONG_AGO, { body: "kept", headers: [["cache-groups", '"red"']] }));
    expect(await bodiesAt("/", a)).toEqual(["kept"]);
  });
});

describe("what lies in Redis", () => {
  test("is named by its namespace and hashes, holds the bytes as they are, and expires", async () => {
    const namespace = crypto.randomUUID();
    const { store } = await openStore(stack, redis.url, namespace);
    await store.put(
      stored({ path: "/secret/path", body: new Uint8Array([0, 255, 10]), headers: [["cache-groups", '"a"']] }),
    );
    const names: string[] = await raw.keys(`caching-proxy:1:${namespace}:*`);
    expect(names.map((name) => name.split(":").slice(3, 4).join()).sort()).toEqual([
      "b",
      "expiry",
      "g",
      "index",
      "state",
      "v",
    ]);
    for (const name of names) {
      expect(name).not.toContain("secret");
      // Fresh for a minute, and of use while the origin fails for ten more.
      const ttl = await raw.pttl(name);
      expect(ttl).toBeGreaterThan(10 * 60_000);
      expect(ttl).toBeLessThanOrEqual(60 * 60_000);
    }
    const body = names.find((name) => name.includes(":b:")) ?? "";
    expect([...((await raw.getBuffer(body)) ?? [])]).toEqual([0, 255, 10]);
  });

  test("goes altogether when it is replaced, deleted or cleared", async () => {
    const namespace = crypto.randomUUID();
    const { store } = await openStore(stack, redis.url, namespace);
    const kinds = async (): Promise<string[]> =>
      (await raw.keys(`caching-proxy:1:${namespace}:*`)).map((name: string) => name.split(":")[3] ?? "").sort();
    for (const body of ["1", "2", "3"]) await store.put(stored({ body, headers: [["cache-groups", '"a"']] }));
    expect(await kinds()).toEqual(["b", "expiry", "g", "index", "state", "v"]);
    await store.delete(keyOf("/"));
    expect(await kinds()).toEqual(["state"]);
    await store.put(stored({ body: "4", headers: [["cache-groups", '"a"']] }));
    await store.clear();
    expect(await kinds()).toEqual(["state"]);
    expect(await store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  test("are 64 variants of a key at most, those that were put last", async () => {
    const { store } = await openStore(stack, redis.url);
    for (let i = 0; i < 70; i++) await store.put(stored({ body: `${i}`, selecting: [["user-agent", `${i}`]] }));
    const found = await store.get(keyOf("/"));
    expect(await Promise.all(found.map(({ body }) => body.text()))).toEqual(
      Array.from({ length: 64 }, (_, i) => `${69 - i}`),
    );
    expect((await store.stats()).entries).toBe(64);
  });

  test("is found while it is replaced over and over", async () => {
    const [a, b] = await two();
    await a.store.put(stored({ body: "0" }));
    let writing = true;
    const writer = (async () => {
      for (let i = 1; i < 150; i++) await a.store.put(stored({ body: `${i}` }));
      writing = false;
    })();
    let [reads, misses] = [0, 0];
    while (writing) {
      const found = await b.store.get(keyOf("/"));
      reads++;
      if (found.length === 0) misses++;
    }
    await writer;
    // It may be replaced twice while it is read.
    expect(misses).toBeLessThan(reads / 2);
    expect(await bodiesAt("/", b)).toEqual(["149"]);
  });

  test("counts no more once it has expired, and is cleared away by who writes next", async () => {
    const namespace = crypto.randomUUID();
    const { store } = await openStore(stack, redis.url, namespace);
    await store.put(stored({ path: "/dead", body: "x" }));
    const expiry = `caching-proxy:1:${namespace}:expiry`;
    const [member = ""] = await raw.zrange(expiry, "0", "-1");
    await raw.zadd(expiry, "1", member);
    expect(await store.get(keyOf("/dead"))).toEqual([]);
    expect((await store.stats()).entries).toBe(0);
    await store.put(stored({ path: "/alive" }));
    expect(await store.stats()).toMatchObject({ entries: 1, expired: 1 });
    expect(await raw.zcard(`caching-proxy:1:${namespace}:index`)).toBe(1);
  });
});
