import { describe, expect, test } from "bun:test";
import type { StoredResponse } from "../../../src/caching/stored.ts";
import { MOST_PIECES, PIECE } from "../../../src/store/memcached/bodies.ts";
import { lines } from "../../../src/store/memcached/line.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { startMemcached } from "../memcached-server.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { openStore } from "./opened.ts";

const stack = cleanup();
const server = await startMemcached(stack);
const [line, other] = await lines(server.address, () => Date.now());
stack.defer(() => {
  for (const one of [line, other]) one.close();
});

const open = () => openStore(stack, [server.address]);
const english = [["accept-language", "en"]] as const;

async function bodies(found: Promise<readonly StoredResponse[]> | readonly StoredResponse[]): Promise<string[]> {
  return Promise.all((await found).map(({ body }) => body.text()));
}

/** The id under which the pieces of the first variant of a key lie. */
async function bodyOf(name: string): Promise<string> {
  const text = (await line.gets([name])).get(name)?.bytes.toString() ?? "";
  return /"body":"([0-9a-f]+)"/.exec(text)?.[1] ?? "";
}

function bytes(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).map((_, i) => (i * 31) >> 3);
}

describe("a body", () => {
  test.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 7 * PIECE + 3])("of %i bytes is intact", async (size) => {
    const { store } = await open();
    const body = bytes(size);
    await store.put(stored({ body }));
    const [found] = await store.get(keyOf("/"));
    expect(Buffer.from((await found?.body.bytes()) ?? []).equals(body)).toBe(true);
  });

  test("of several variants comes with each", async () => {
    const { store } = await open();
    for (let i = 0; i < 5; i++) {
      await store.put(stored({ body: String(i).repeat(PIECE * 0.7), selecting: [["x", String(i)]] }));
    }
    const found = await bodies(store.get(keyOf("/")));
    expect(found.map((body) => [body[0], body.length])).toEqual(["4", "3", "2", "1", "0"].map((i) => [i, PIECE * 0.7]));
  });

  test("that is too large is not kept, nor what it would have replaced", async () => {
    const { store } = await open();
    await store.put(stored({ body: "small" }));
    await store.put(stored({ body: new Uint8Array(PIECE * MOST_PIECES + 1) }));
    expect(await store.get(keyOf("/"))).toEqual([]);
  });

  test("of which a piece was dropped is a miss, and other variants are not", async () => {
    const { store, names } = await open();
    await store.put(stored({ body: "en", selecting: english }));
    await store.put(stored({ body: bytes(3 * PIECE) }));
    const id = await bodyOf(names.key(keyOf("/")));
    expect(await server.tell(`delete ${names.piece(id, 1)}`)).toBe("DELETED");
    expect(await bodies(store.get(keyOf("/")))).toEqual(["en"]);
    expect(store.report().damaged).toBe(0);
    await store.put(stored({ body: "again" }));
    expect(await bodies(store.get(keyOf("/")))).toEqual(["again", "en"]);
  });

  test.each(["hellp", "hell", "hello "])("of which a piece is another, %j, is a miss", async (text) => {
    const { store, names } = await open();
    await store.put(stored({ body: "hello" }));
    const name = names.piece(await bodyOf(names.key(keyOf("/"))), 0);
    await line.set(name, Buffer.from(text), 0);
    expect(await store.get(keyOf("/"))).toEqual([]);
    expect(store.report()).toMatchObject({ state: "working", damaged: 1, failures: 0 });
    await line.set(name, Buffer.from("hello"), 0);
    expect(await bodies(store.get(keyOf("/")))).toEqual(["hello"]);
  });
});

describe("what memcached dropped by itself is a miss", () => {
  const red = [["cache-groups", '"red"']] as const;

  test("the record of a key: that key alone", async () => {
    const { store, names } = await open();
    await store.put(stored({ path: "/a" }));
    await store.put(stored({ path: "/b" }));
    expect(await server.tell(`delete ${names.key(keyOf("/a"))}`)).toBe("DELETED");
    expect(await store.get(keyOf("/a"))).toEqual([]);
    expect(await store.get(keyOf("/b"))).toHaveLength(1);
  });

  test("the generation of a group: the group, as long as nobody put anything new", async () => {
    const { store, names } = await open();
    await store.put(stored({ path: "/a", headers: red }));
    await store.put(stored({ path: "/b" }));
    expect(await server.tell(`delete ${names.group(groupOf("red"))}`)).toBe("DELETED");
    expect(await store.get(keyOf("/a"))).toEqual([]);
    await store.put(stored({ path: "/c", headers: red }));
    expect(await store.get(keyOf("/a"))).toEqual([]);
    expect(await store.get(keyOf("/b"))).toHaveLength(1);
    expect(await store.get(keyOf("/c"))).toHaveLength(1);
  });

  test("the generation of everything: all of it", async () => {
    const { store, names } = await open();
    await store.put(stored({ path: "/a" }));
    expect(await server.tell(`delete ${names.all}`)).toBe("DELETED");
    expect(await store.get(keyOf("/a"))).toEqual([]);
    await store.put(stored({ path: "/b" }));
    expect(await store.get(keyOf("/a"))).toEqual([]);
    expect(await store.get(keyOf("/b"))).toHaveLength(1);
  });
});

test.each(["", "x", "1 x {}", '1 0 {"variants":[{}]}', "\0\0"])(
  "what somebody else wrote there is none of ours: %j",
  async (text) => {
    const { store, names } = await open();
    for (const name of [names.key(keyOf("/")), names.all, names.group(groupOf("red"))]) {
      await line.set(name, Buffer.from(text), 0);
    }
    expect(await store.get(keyOf("/"))).toEqual([]);
    await store.put(stored({ body: "a", headers: [["cache-groups", '"red"']] }));
    expect(await bodies(store.get(keyOf("/")))).toEqual(["a"]);
    await line.set(names.key(keyOf("/")), Buffer.from(text), 0);
    expect(await store.delete(keyOf("/"))).toBe(0);
  },
);

test("of many variants with large heads those put last are kept", async () => {
  const { store } = await open();
  for (let i = 0; i < 40; i++) {
    await store.put(stored({ headers: [["x-large", "x".repeat(30_000)]], selecting: [["x", String(i)]] }));
  }
  const found = (await store.get(keyOf("/"))).map(({ selecting }) => selecting[0]?.[1]);
  expect(found.length).toBeGreaterThan(10);
  expect(found).toEqual(Array.from({ length: found.length }, (_, i) => String(39 - i)));
});

test("a head that no item has room for is not kept, nor what it would have replaced", async () => {
  const { store } = await open();
  await store.put(stored({ body: "small" }));
  await store.put(stored({ headers: [["x-large", "x".repeat(1_000_000)]] }));
  expect(await store.get(keyOf("/"))).toEqual([]);
});

test("a memcached that evicts under pressure serves what it has, and never anything wrong", async () => {
  const { address } = await startMemcached(stack, undefined, ["-m", "16"]);
  const { store } = await openStore(stack, [address]);
  const bodyOfPath = (i: number): string => `${i} `.repeat(100 * (i % 7) ** 4 + 1);
  const found = new Set<number>();
  for (let i = 0; i < 200; i++) {
    await store.put(stored({ path: `/${i}`, body: bodyOfPath(i), headers: [["cache-groups", `"${i % 3}"`]] }));
    for (const j of [i, i >> 1, i >> 2]) {
      const [response] = await store.get(keyOf(`/${j}`));
      if (response === undefined) continue;
      expect(await response.body.text()).toBe(bodyOfPath(j));
      found.add(j);
    }
  }
  expect(found.size).toBeGreaterThan(100);
  const left = await Promise.all(Array.from({ length: 200 }, (_, i) => store.get(keyOf(`/${i}`))));
  expect(left.filter((variants) => variants.length === 0).length).toBeGreaterThan(10);
});

describe("how long memcached keeps a response", () => {
  const HOUR = 3600;
  /** In seconds from now, as the server tells. */
  async function kept(name: string): Promise<number> {
    return Number(/^HD t(-?\d+)$/.exec(await server.tell(`mg ${name} t`))?.[1]);
  }

  test.each([
    ["a minute", 60],
    ["29 days", 29 * 24 * HOUR],
    ["31 days, beyond which memcached takes a time for a date", 31 * 24 * HOUR],
    ["300 days", 300 * 24 * HOUR],
  ])("is at least its lifetime and not for good: %s", async (_, maxAge) => {
    const { store, names, set } = await open();
    const now = Date.now();
    set({ wall: now, steady: 0 });
    await store.put(stored({ at: now, body: "a", maxAge }));
    const name = names.key(keyOf("/"));
    const piece = names.piece(await bodyOf(name), 0);
    const seconds = await kept(name);
    expect(seconds).toBeGreaterThan(maxAge);
    expect(seconds).toBeLessThan(maxAge + 25 * HOUR);
    expect(await kept(piece)).toBeGreaterThan(seconds);
  });

  test("is that of the longest of the variants", async () => {
    const { store, names, set } = await open();
    const now = Date.now();
    set({ wall: now, steady: 0 });
    await store.put(stored({ at: now, maxAge: 20 * HOUR, selecting: english }));
    await store.put(stored({ at: now, maxAge: 1 }));
    expect(await kept(names.key(keyOf("/")))).toBeGreaterThan(20 * HOUR);
  });

  test("ends for what the process sees as over, with the next put", async () => {
    const { store, set } = await open();
    await store.put(stored({ at: 10_000, maxAge: 1, selecting: english }));
    set({ wall: 10_000 + 26 * HOUR * 1000, steady: 10_000 + 26 * HOUR * 1000 });
    await store.put(stored({ at: 10_000 + 26 * HOUR * 1000, body: "b" }));
    expect(await bodies(store.get(keyOf("/")))).toEqual(["b"]);
  });
});
