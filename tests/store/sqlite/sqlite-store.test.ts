import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sharedKey } from "../../../src/caching/key.ts";
import type { StoredResponse } from "../../../src/caching/stored.ts";
import { parseNoVarySearch } from "../../../src/http/no-vary-search.ts";
import { openSqlite } from "../../../src/store/sqlite/open.ts";
import type { SqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import type { OpenTier } from "../../../src/store/tier.ts";
import { until } from "../../sharing/until.ts";
import { describeStore } from "../contract.ts";
import { describeInventory } from "../inventory-contract.ts";
import { scratch } from "../scratch.ts";
import { groupOf, keyOf, type Sketch, stored } from "../stored.ts";

const stack = new DisposableStack();
afterAll(() => stack.dispose());
const folder = scratch(stack);
let files = 0;

function newPath(): string {
  return join(folder, `${++files}.db`);
}

/** A clock that stands still until it is moved. */
class StillClock {
  now = 10_000;
  readonly moment = () => ({ wall: this.now, steady: this.now });
}

function open(
  path: string,
  clock = new StillClock(),
  maxBytes = 8 * 1024 * 1024,
): Promise<OpenTier & { store: SqliteStore }> {
  const policy = { defaultTtl: 0, maxEntrySize: Number.POSITIVE_INFINITY };
  const report = (error: unknown): void => {
    throw error;
  };
  return openSqlite({ type: "sqlite", path, maxBytes }, { clock: clock.moment, policy, report, namespace: "test" });
}

/** As the proxy makes it, asked for at a time by the wall clock that is not the origin of all time. */
function made(sketch: Sketch): StoredResponse {
  return stored({ at: 10_000, ...sketch });
}

async function bodiesAt(store: SqliteStore, path: string): Promise<string[]> {
  return Promise.all((await store.get(keyOf(path))).map(({ body }) => body.text()));
}

function filesOf(path: string): string[] {
  return [...new Bun.Glob("*/*").scanSync(`${path}.bodies`)];
}

describeStore("the disk tier", async () => (await open(newPath())).store);
describeInventory("the disk tier", async () => (await open(newPath())).store);

test("what was put is there after the file is opened anew, as old as it is by then", async () => {
  const path = newPath();
  const large = "large".repeat(100_000);
  {
    const { store } = await open(path);
    await using _ = store;
    await store.putAll([made({ path: "/a", body: "small" }), made({ path: "/b", body: large })]);
  }
  const clock = new StillClock();
  clock.now = 25_000;
  const { store } = await open(path, clock);
  await using _ = store;
  expect(await bodiesAt(store, "/a")).toEqual(["small"]);
  expect(await bodiesAt(store, "/b")).toEqual([large]);
  const [found] = await store.get(keyOf("/b"));
  expect(clock.now - (found?.reading.arrivedAt ?? 0)).toBe(15_000);
  expect(await store.stats()).toMatchObject({ entries: 2 });
});

test("what has expired goes first, then what was used least recently", async () => {
  const clock = new StillClock();
  const { store } = await open(newPath(), clock, 40_000);
  await using _ = store;
  const body = "x".repeat(8000);
  for (const path of ["/a", "/b", "/c"]) {
    await store.put(made({ path, body, maxAge: 1000 }));
    clock.now += 1000;
  }
  await store.put(made({ path: "/d", body, maxAge: 1 }));
  clock.now += 120_000;
  await store.get(keyOf("/a"));
  const there = async (): Promise<string> => {
    const keys = await store.keys({ prefix: "", after: undefined, limit: 10 });
    return keys.map((key) => key.at(-1)).join("");
  };
  await store.put(made({ path: "/e", body, maxAge: 1000 }));
  expect(await there()).toBe("abce");
  clock.now += 1000;
  await store.put(made({ path: "/f", body, maxAge: 1000 }));
  expect(await there()).toBe("acef");
  const { bytes, maxBytes, evictions, expired } = await store.stats();
  expect(bytes).toBeLessThanOrEqual(maxBytes);
  expect([evictions, expired]).toEqual([1, 1]);
});

test("what is larger than the bound is not kept, and what it outdates is not either", async () => {
  const path = newPath();
  const { store } = await open(path, undefined, 100_000);
  await using _ = store;
  await store.put(made({ body: "1" }));
  await store.put(made({ body: "2".repeat(200_000), at: 11_000 }));
  expect(await bodiesAt(store, "/")).toEqual([]);
  expect(await store.stats()).toMatchObject({ entries: 0, bytes: 0 });
});

test("what one process has invalidated, another one's older questions do not bring back", async () => {
  const path = newPath();
  const clock = new StillClock();
  const [{ store: one }, { store: other }] = [await open(path, clock), await open(path, clock)];
  await using _ = one;
  await using __ = other;
  const group = groupOf("red");
  const red = [["cache-groups", '"red"']] as const;
  clock.now = 20_000;
  await one.delete(keyOf("/key"));
  await one.deleteGroup(group);
  await one.purge({ what: { type: "prefix", prefix: keyOf("/pre/") }, how: "hard" });
  const asked = (at: number): StoredResponse[] => [
    made({ path: "/key", at }),
    made({ path: "/grouped", headers: red, at }),
    made({ path: "/pre/fix", at }),
    made({ path: "/other", at }),
  ];
  await other.putAll(asked(19_000));
  expect((await other.keys({ prefix: "", after: undefined, limit: 10 })).map(String)).toEqual([keyOf("/other")]);
  await other.putAll(asked(21_000));
  expect((await one.stats()).entries).toBe(4);

  await one.clear();
  await other.put(made({ path: "/other", at: 20_000 }));
  expect((await one.stats()).entries).toBe(0);
  // Its own it knows by its fence, which is the exacter one.
  await one.put(made({ path: "/other", at: 19_000 }));
  expect((await one.stats()).entries).toBe(1);
});

test("long after an invalidation nothing is remembered of it, and nothing from before it is let in", async () => {
  const path = newPath();
  const clock = new StillClock();
  const [{ store: one }, { store: other }] = [await open(path, clock), await open(path, clock)];
  await using _ = one;
  await using __ = other;
  await one.delete(keyOf("/a"));
  await other.put(made({ path: "/b", at: 10_001 }));
  clock.now += 3_600_000;
  await other.put(made({ path: "/c", at: clock.now }));
  await other.put(made({ path: "/a", at: 9000 }));
  await other.put(made({ path: "/a", at: 10_001, body: "new" }));
  expect(await bodiesAt(other, "/a")).toEqual(["new"]);
});

test("of what two processes asked for, what another one asked for counts as earlier, unless it is more recent by Date", async () => {
  const path = newPath();
  const [{ store: one }, { store: other }] = [await open(path), await open(path)];
  await using _ = one;
  await using __ = other;
  const date = (second: number) => [["date", new Date(second * 1000).toUTCString()]] as const;
  await one.put(made({ body: "1", at: 90_000, headers: date(90) }));
  await other.put(made({ body: "2", at: 80_000, headers: date(80) }));
  expect(await bodiesAt(one, "/")).toEqual(["2"]);
  await other.put(made({ body: "3", at: 70_000, headers: date(80) }));
  expect(await bodiesAt(one, "/")).toEqual(["2"]);
});

test("processes that write to one file at the same time wait for each other", async () => {
  const path = newPath();
  const tiers = [await open(path), await open(path), await open(path)];
  await Promise.all(
    tiers.flatMap(({ store }, i) =>
      Array.from({ length: 20 }, (_, k) =>
        store.putAll([made({ path: `/${i}/${k}` }), made({ path: `/shared/${k}` })]),
      ),
    ),
  );
  expect(await tiers[0]?.store.stats()).toMatchObject({ entries: 80 });
  for (const { store } of tiers) await store[Symbol.asyncDispose]();
});

test("a large body that is put again with other fields is not written again, and the file goes with the last that needs it", async () => {
  const path = newPath();
  const { store } = await open(path);
  await using _ = store;
  const body = "x".repeat(300_000);
  await store.put(made({ body, headers: [["x-version", "1"]] }));
  const [first] = filesOf(path);
  const [found] = await store.get(keyOf("/"));
  await store.put({ ...made({ body, at: 11_000, headers: [["x-version", "2"]] }), body: found?.body ?? new Blob() });
  const [again] = await store.get(keyOf("/"));
  expect(again?.headers.get("x-version")).toBe("2");
  expect(await again?.body.text()).toBe(body);
  const inodes = await Promise.all(
    filesOf(path).map(async (name) => (await Bun.file(join(`${path}.bodies`, name)).stat()).ino),
  );
  expect(new Set(inodes).size).toBe(1);
  expect(filesOf(path)).toContain(first ?? "none");
  // What was found before is still there for who has it.
  expect(await found?.body.slice(10, 20).text()).toBe("x".repeat(10));
});

test("files that a crash left behind go at the next start, those that may be on their way stay", async () => {
  const path = newPath();
  const { store } = await open(path);
  await store.put(made({ body: "x".repeat(100_000) }));
  await store[Symbol.asyncDispose]();
  const [known = ""] = filesOf(path);
  const shelf = join(`${path}.bodies`, readdirSync(`${path}.bodies`)[0] ?? "");
  const [old, young] = ["0".repeat(32), "f".repeat(32)];
  for (const name of [old, `${old}.new`, young]) writeFileSync(join(shelf, name), "left");
  for (const name of [old, `${old}.new`]) utimesSync(join(shelf, name), new Date(0), new Date(0));
  utimesSync(join(`${path}.bodies`, known), new Date(0), new Date(0));
  utimesSync(join(shelf, young), new Date(10_000), new Date(10_000));
  const clock = new StillClock();
  clock.now = 130_000;
  const { store: again } = await open(path, clock);
  await using _ = again;
  await until("they are gone", () => !existsSync(join(shelf, `${old}.new`)) && !existsSync(join(shelf, old)));
  expect(filesOf(path).toSorted()).toEqual([known, `${known.slice(0, 2)}/${young}`].toSorted());
  expect(await again.get(keyOf("/"))).toHaveLength(1);
});

test("a purge drops or softens what it is about, of any number, and says how many", async () => {
  const { store } = await open(newPath());
  await using _ = store;
  const paths = Array.from({ length: 450 }, (_, i) => `/many/${i}`);
  await store.putAll(paths.map((path) => made({ path, headers: [["cache-groups", '"all"']] })));
  await store.putAll(["/one", "/one/two?x=1", "/on"].map((path) => made({ path })));
  const soft = await store.purge({ what: { type: "prefix", prefix: keyOf("/one") }, how: "soft" });
  expect(soft).toBe(2);
  const sources = await Promise.all(
    ["/one", "/one/two?x=1", "/on"].map(async (path) => (await store.get(keyOf(path)))[0]?.reading.lifetime),
  );
  expect(sources).toEqual([
    { ms: 0, source: "purged" },
    { ms: 0, source: "purged" },
    { ms: 60_000, source: "max-age" },
  ]);
  const pattern = { type: "pattern", pattern: "http://api.example.com/many/:n", prefix: keyOf("/many/") } as const;
  expect(await store.purge({ what: { ...pattern, pattern: "http://api.example.com/many/4*" }, how: "hard" })).toBe(61);
  expect(await store.purge({ what: pattern, how: "soft" })).toBe(389);
  expect(await store.purge({ what: { type: "group", group: groupOf("all") }, how: "hard" })).toBe(389);
  expect(await store.purge({ what: { type: "key", key: keyOf("/on") }, how: "hard" })).toBe(1);
  expect(await store.purge({ what: { type: "everything" }, how: "soft" })).toBe(2);
  expect(await store.purge({ what: { type: "everything" }, how: "hard" })).toBe(2);
  expect(await store.stats()).toMatchObject({ entries: 0, bytes: 0 });
});

test("a clear takes no longer for much, holds over a start, and what it left goes behind it", async () => {
  const path = newPath();
  const { store } = await open(path);
  const group = [["cache-groups", '"all"']] as const;
  const paths = Array.from({ length: 120 }, (_, i) => `/${i}`);
  const body = "x".repeat(70_000);
  await store.putAll(paths.map((at) => made({ path: at, headers: group, body: at === "/0" ? body : "" })));
  expect(await store.clear()).toBe(120);
  await store.put(made({ path: "/new", headers: group, at: 10_001 }));
  await store.put(made({ path: "/0", headers: group, at: 10_001, body }));
  await store[Symbol.asyncDispose]();

  const { store: again } = await open(path);
  await using _ = again;
  expect(await again.get(keyOf("/1"))).toEqual([]);
  expect(await again.keys({ prefix: "", after: undefined, limit: 10 })).toEqual([keyOf("/0"), keyOf("/new")]);
  expect(await again.purge({ what: { type: "prefix", prefix: keyOf("/") }, how: "soft" })).toBe(2);
  expect(await again.delete(keyOf("/1"))).toBe(0);
  const rows = (): unknown => {
    using db = new Database(path);
    return db.query("SELECT count(*) AS rows FROM entries").get();
  };
  while (await again.tidy());
  expect(rows()).toEqual({ rows: 2 });
  expect(await again.stats()).toMatchObject({ entries: 2 });
  expect(await again.deleteGroup(groupOf("all"))).toBe(2);
  expect(await again.stats()).toMatchObject({ entries: 0, bytes: 0 });
});

test("what cannot be dropped is not found any more, what is put after it is, and it goes once it can", async () => {
  const path = newPath();
  const { store } = await open(path);
  await using _ = store;
  const green = [["cache-groups", '"green"']] as const;
  await store.putAll([made({ path: "/a" }), made({ path: "/b", headers: green }), made({ path: "/c" })]);
  const db = new Database(path);
  db.run("CREATE TRIGGER stuck BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'stuck'); END");
  expect(store.delete(keyOf("/a"))).rejects.toThrow("stuck");
  expect(store.deleteGroup(groupOf("green"))).rejects.toThrow("stuck");
  expect((await store.report()).state).toBe("failing");
  const found = async (): Promise<number[]> =>
    Promise.all(["/a", "/b", "/c"].map(async (at) => (await store.get(keyOf(at))).length));
  expect(await found()).toEqual([0, 0, 1]);
  await store.put(made({ path: "/a", at: 10_001, selecting: [["accept", null]] }));
  expect(await found()).toEqual([1, 0, 1]);
  expect(store.tidy()).rejects.toThrow("stuck");
  db.run("DROP TRIGGER stuck");
  db.close();
  await store.tidy();
  expect(await store.stats()).toMatchObject({ entries: 1 });
});

test("keys come in pages, in order; looking counts as no use", async () => {
  const { store } = await open(newPath());
  await using _ = store;
  const paths = ["/b", "/a/2", "/a/1", "/a/1?x=%7F", "/a/%F0%9F%98%80"];
  await store.putAll([...paths, "/b"].map((path) => made({ path, selecting: [["accept", path]] })));
  await store.put(made({ path: "/b" }));
  const prefix = keyOf("/a/");
  const first = await store.keys({ prefix, after: undefined, limit: 3 });
  const second = await store.keys({ prefix, after: first.at(-1), limit: 3 });
  expect([...first, ...second]).toEqual(paths.slice(1).map(keyOf).toSorted());
  expect([first.length, second.length]).toEqual([3, 1]);
  const held = await store.look(keyOf("/b"));
  expect(held.map(({ stored }) => stored.selecting.length)).toEqual([0, 1]);
  expect(held.every(({ bytes, hits }) => bytes > 300 && hits === undefined)).toBe(true);
  expect(await store.look(keyOf("/none"))).toEqual([]);
});

test("by which No-Vary-Search rules something is stored is known at the start", async () => {
  const path = newPath();
  const { store } = await open(path);
  const rules = ["params", 'params=("a")'].flatMap((text) => parseNoVarySearch(text) ?? []);
  const keys = rules.flatMap((rule) =>
    ["/1?a=1&b=2", "/2?a=1&b=2", "/2?a=1&b=3"].map((at) => sharedKey(new URL(at, "http://api.example.com"), rule)),
  );
  const { groupsOf } = await import("../../../src/caching/group.ts");
  await store.putAll(keys.map((key) => ({ ...made({}), key, groups: groupsOf(key, new Headers()) })));
  await store.put(made({ path: "/3", headers: [["cache-groups", '"x"']] }));
  await store[Symbol.asyncDispose]();
  const { store: again, ruleKeys = [] } = await open(path);
  await using _ = again;
  expect(ruleKeys).toHaveLength(4);
  expect(keys).toEqual(expect.arrayContaining([...ruleKeys]));
});
