import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { covering, type Extent, type Purge } from "../../../src/caching/purge.ts";
import { urlPattern } from "../../../src/caching/url-pattern.ts";
import { MemoryStore } from "../../../src/store/memory/memory-store.ts";
import { groupOf, keyOf, stored } from "../stored.ts";

const SITE = "http://api.example.com";
const MANY = 3000;
const all: Extent = { type: "prefix", prefix: `${SITE}/all/` };

/** A store with many responses, on whose turns of the event loop the test decides. */
function filled(many = MANY) {
  const turns: (() => void)[] = [];
  const store = new MemoryStore(
    1_000_000_000,
    () => 1000,
    undefined,
    (go) => turns.push(go),
  );
  const member = (path: string, body = "old") => stored({ path, body, at: 1000, headers: [["cache-groups", '"all"']] });
  for (let i = 0; i < many; i++) store.put(member(`/all/${i}`));
  store.put(stored({ path: "/other", at: 1000 }));
  async function turn(): Promise<void> {
    turns.shift()?.();
    // What waited for the turn goes on in a microtask.
    for (let i = 0; i < 5; i++) await undefined;
  }
  return { store, turn, member, waiting: () => turns.length > 0 };
}

const bodies = (store: MemoryStore, path: string): Promise<string[]> =>
  Promise.all(store.get(keyOf(path)).map(({ body }) => body.text()));
const isStale = (store: MemoryStore, path: string): boolean =>
  store.get(keyOf(path)).every(({ reading }) => reading.lifetime.source === "purged");

describe.each<[string, Extent]>([
  ["a prefix", all],
  ["a pattern", { type: "pattern", pattern: `${SITE}/all/:n`, prefix: `${SITE}/all/` }],
])("%s of many", (_, what) => {
  test("hard: all are gone at once for whoever asks, and in fact after some turns", async () => {
    const { store, turn, waiting } = filled();
    const count = store.purge({ what, how: "hard" });
    expect(store.stats().entries).toBeGreaterThan(1);
    for (let i = 0; i < MANY; i++) expect(store.get(keyOf(`/all/${i}`))).toEqual([]);
    expect(store.look(keyOf(`/all/${MANY - 1}`))).toEqual([]);
    expect(store.keys({ prefix: `${SITE}/all`, after: undefined, limit: 10 })).toEqual([]);
    while (waiting()) await turn();
    expect(await count).toBe(MANY);
    expect(store.stats().entries).toBe(1);
    expect(store.get(keyOf("/other"))).toHaveLength(1);
  });

  test("what comes meanwhile stays, also in place of what is leaving", async () => {
    const { store, turn, member, waiting } = filled();
    const count = store.purge({ what, how: "hard" });
    for (const path of ["/all/9999", "/all/new"]) store.put(member(path, "new"));
    expect(await bodies(store, "/all/new")).toEqual(["new"]);
    while (waiting()) await turn();
    await count;
    for (const path of ["/all/9999", "/all/new"]) expect(await bodies(store, path)).toEqual(["new"]);
  });
});

describe.each<[string, Extent]>([
  ["a prefix", all],
  ["a group", { type: "group", group: groupOf("all") }],
])("%s of many, softly", (_, what) => {
  test("all are stale at once, and fresh ones that come meanwhile are not", async () => {
    const { store, turn, member, waiting } = filled();
    const count = store.purge({ what, how: "soft" });
    for (let i = 0; i < MANY; i++) expect(isStale(store, `/all/${i}`)).toBe(true);
    store.put(member("/all/2999", "new"));
    store.put(member("/all/new", "new"));
    const freshOnes = (): boolean[] => ["/all/2999", "/all/new", "/other"].map((path) => isStale(store, path));
    expect(freshOnes()).toEqual([false, false, false]);
    while (waiting()) await turn();
    expect(await count).toBeGreaterThanOrEqual(MANY - 1);
    expect(freshOnes()).toEqual([false, false, false]);
    expect(isStale(store, "/all/2998")).toBe(true);
    expect(store.stats().entries).toBe(MANY + 2);
  });

  test("a hard purge meanwhile takes them all", async () => {
    const { store, turn, waiting } = filled();
    const soft = store.purge({ what, how: "soft" });
    const hard = store.purge({ what, how: "hard" });
    expect(store.get(keyOf("/all/2999"))).toEqual([]);
    while (waiting()) await turn();
    await soft;
    expect(await hard).toBe(MANY);
    expect(store.stats().entries).toBe(1);
  });

  test("a group that is small by then goes as a whole meanwhile, and nothing of it is touched again", async () => {
    const { store, turn, waiting } = filled();
    const soft = store.purge({ what, how: "soft" });
    for (let i = 0; i < MANY - 100; i++) store.delete(keyOf(`/all/${i}`));
    expect(store.deleteGroup(groupOf("all"))).toBe(100);
    for (let i = 0; i < 3000; i++) store.put(stored({ path: `/then/${i}`, at: 1000 }));
    while (waiting()) await turn();
    await soft;
    expect(store.stats().entries).toBe(3001);
    for (let i = 0; i < 3000; i++) expect(isStale(store, `/then/${i}`)).toBe(false);
  });
});

test("thirty thousand by one prefix", async () => {
  const store = new MemoryStore(1_000_000_000, () => 0);
  for (let i = 0; i < 30_000; i++) store.put(stored({ path: `/${i % 10}/${i}` }));
  expect(await store.purge({ what: { type: "prefix", prefix: `${SITE}/3/` }, how: "hard" })).toBe(3000);
  expect(await store.purge({ what: { type: "prefix", prefix: SITE }, how: "soft" })).toBe(27_000);
  expect(await store.purge({ what: { type: "prefix", prefix: SITE }, how: "hard" })).toBe(27_000);
  expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
});

test("clear ends what is under way, and what comes then stays", async () => {
  const { store, turn, member, waiting } = filled();
  const count = store.purge({ what: all, how: "hard" });
  const cleared = store.clear();
  store.put(member("/all/1", "new"));
  while (waiting()) await turn();
  expect((await count) + cleared).toBe(MANY + 1);
  expect(await bodies(store, "/all/1")).toEqual(["new"]);
});

test("what was softened expires as what it is now", async () => {
  const store = new MemoryStore(1_000_000, () => 31_000);
  store.put(stored({ path: "/a", at: 1000, maxAge: 60 }));
  await store.purge({ what: { type: "everything" }, how: "soft" });
  const [found] = store.get(keyOf("/a"));
  expect(found?.reading.lifetime).toEqual({ ms: 30_000, source: "purged" });
});

test("a purge by prefix or pattern does what a filter over a list does", async () => {
  const segment = fc.constantFrom("a", "b", "ab", "\u00e9", "a%20b");
  const path = fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join("/")}`);
  const asked = fc.tuple(path, fc.constantFrom("", "?x=1", "?y=2")).map((parts) => parts.join(""));
  const pattern = fc
    .array(fc.constantFrom("a", "*", ":p", "ab", "*b"), { minLength: 1, maxLength: 3 })
    .map((pieces) => {
      const { text, literal } = urlPattern(`/${pieces.map((one, i) => one.replace(":p", `:p${i}`)).join("/")}`);
      return { type: "pattern", pattern: SITE + text, prefix: SITE + literal } as const;
    });
  const prefix = fc.tuple(path, fc.nat(6)).map(([text, length]) => {
    return { type: "prefix", prefix: keyOf(text).slice(0, SITE.length + 1 + length) } as const;
  });
  const how = fc.constantFrom<Purge["how"]>("hard", "soft");
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(asked, { maxLength: 40 }),
      fc.oneof(pattern, prefix),
      how,
      async (paths, what, how) => {
        const store = new MemoryStore(10_000_000, () => 0);
        for (const one of paths) store.put(stored({ path: one }));
        const keys = [...new Set(paths.map(keyOf))];
        const meant = keys.filter((key) => covering(what)({ key, groups: [] }));
        expect(await store.purge({ what, how })).toBe(meant.length);
        const purged = keys.filter((key) => store.get(key)[0]?.reading.lifetime.source !== "max-age");
        expect(purged).toEqual(meant);
      },
    ),
  );
});

test("what has got the number of something that went while a purge goes over its group is not purged by that", async () => {
  const { store, turn, member, waiting } = filled(1000);
  const count = store.purge({ what: { type: "group", group: groupOf("all") }, how: "soft" });
  for (let i = 0; i < 1000; i++) expect(store.delete(keyOf(`/all/${i}`))).toBe(1);
  for (let i = 0; i < 1000; i++) store.put(member(`/new/${i}`));
  while (waiting()) await turn();
  expect(await count).toBe(256);
  for (let i = 0; i < 1000; i++) expect(isStale(store, `/new/${i}`)).toBe(false);
});
