import { describe, expect, test } from "bun:test";
import { groupsOf } from "../../src/caching/group.ts";
import { cacheKey, type Keyed, queryKey } from "../../src/caching/key.ts";
import type { StoredResponse } from "../../src/caching/stored.ts";
import { Fence } from "../../src/store/fence.ts";
import { fenced } from "../../src/store/fenced.ts";
import { KnownRules } from "../../src/store/known-rules.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { type VariedStore, varied } from "../../src/store/varied.ts";
import { describeStore } from "./contract.ts";
import { groupOf, type Sketch, stored } from "./stored.ts";

function url(path: string): Keyed {
  const target = new URL(path, "http://api.example.com");
  return { target: () => target, key: cacheKey(target) };
}

const SITE = "http://api.example.com";

/** A varied store on a clock that the test moves. */
function open() {
  let now = 0;
  const store = varied(fenced(new MemoryStore(1_000_000, () => 0), new Fence(() => now)), new KnownRules());
  return { store, at: (instant: number) => (now = instant) };
}

/** A response as it would come for a path, where its No-Vary-Search puts it. */
function placed(store: VariedStore, path: string, noVarySearch: string | undefined, sketch: Sketch = {}) {
  const headers = [...(sketch.headers ?? []), ...(noVarySearch ? [["no-vary-search", noVarySearch] as const] : [])];
  const response: StoredResponse = stored({ at: 1, ...sketch, path, headers });
  const key = store.keyFor(url(path), response.headers);
  return { ...response, key, groups: groupsOf(key, response.headers) };
}

async function found(store: VariedStore, path: string): Promise<string[]> {
  return Promise.all((await store.find(url(path))).map(({ body }) => body.text()));
}

describe("varied", () => {
  test("draft-ietf-httpbis-no-vary-search §7: a response answers for what its own rule makes equivalent", async () => {
    const { store } = open();
    await store.put(placed(store, "/a?id=1&utm=x", 'params=("utm")', { body: "1" }));
    expect(await found(store, "/a?utm=y&id=1")).toEqual(["1"]);
    expect(await found(store, "/a?id=1")).toEqual(["1"]);
    expect(await found(store, "/a?id=2")).toEqual([]);
    expect(await found(store, "/b?id=1")).toEqual([]);
  });

  test("RFC 9111 §4.4: what was invalidated while its rule was forgotten does not come back with the rule", async () => {
    const { store, at } = open();
    await store.put(placed(store, "/a?id=1&utm=1", 'params=("utm")', { body: "old" }));
    // More rules than are remembered for a path.
    for (let i = 0; i < 9; i++) placed(store, "/a?id=1", `params=("p${i}")`);
    at(5);
    await store.invalidateAll(url("/a?id=1&utm=1"));
    at(10);
    await store.put(placed(store, "/a?id=2", 'params=("utm")', { body: "other", at: 9 }));
    expect(await found(store, "/a?id=1")).toEqual([]);
    expect(await found(store, "/a?id=2&utm=3")).toEqual(["other"]);
  });

  test("what has no rule answers for its own URL alone", async () => {
    const { store } = open();
    await store.put(placed(store, "/a?id=1&utm=x", undefined, { body: "plain" }));
    await store.put(placed(store, "/a?id=2&utm=x", 'params=("utm")', { body: "shared" }));
    expect(await found(store, "/a?id=1&utm=x")).toEqual(["plain"]);
    expect(await found(store, "/a?id=1&utm=y")).toEqual([]);
  });

  test("RFC 10008 §2.7: a QUERY is answered by nothing that was brought for its URL, by whatever rule", async () => {
    const { store, at } = open();
    await store.put(placed(store, "/a?id=1&utm=x", 'params=("utm")', { body: "shared" }));
    const { target } = url("/a?id=1&utm=x");
    const key = queryKey(cacheKey(target()), "digest");
    expect(await store.find({ target, key })).toEqual([]);
    await store.put({
      ...placed(store, "/a", undefined, { body: "queried" }),
      key,
      groups: groupsOf(key, new Headers()),
    });
    expect(await Promise.all((await store.find({ target, key })).map(({ body }) => body.text()))).toEqual(["queried"]);
    at(2);
    await store.invalidateAll(url("/a?id=1&utm=x"));
    expect(await store.find({ target, key })).toEqual([]);
  });

  test("RFC 9875 §3: what lies under a shared key belongs to groups like any other", async () => {
    const { store, at } = open();
    const grouped = { headers: [["cache-groups", '"red"']] as const };
    await store.put(placed(store, "/a?utm=x", 'params=("utm")', grouped));
    at(2);
    expect(await store.invalidateGroup(groupOf("red"))).toBe(1);
    await store.put(placed(store, "/a?utm=x", 'params=("utm")', grouped));
    expect(await found(store, "/a?utm=y")).toEqual([]);
  });

  const days = (day: number) => [["date", `Sun, 0${day} Nov 2026 00:00:00 GMT`]] as const;

  test.each([
    ["the later Date", { headers: days(2), at: 1 }, { headers: days(1), at: 9 }],
    ["of one Date the later arrival", { headers: days(1), at: 9 }, { headers: days(1), at: 8 }],
    ["without Date the later arrival", { at: 9 }, { at: 8 }],
  ])("RFC 9111 §4: of several the most recent comes first: %s", async (_, newer, older) => {
    for (const rules of [
      ["key-order", undefined],
      [undefined, "key-order"],
      ["key-order", "except=()"],
    ] as const) {
      const { store } = open();
      await store.put(placed(store, "/a?x=1", rules[0], { ...newer, body: "newer" }));
      await store.put(placed(store, "/a?x=1", rules[1], { ...older, body: "older" }));
      expect(await found(store, "/a?x=1")).toEqual(["newer", "older"]);
    }
  });

  test("RFC 9111 §4.4: an invalidation takes what is shared with the URL, and only that", async () => {
    const { store } = open();
    await store.put(placed(store, "/a?id=1&utm=x", 'params=("utm")', { body: "1" }));
    await store.put(placed(store, "/a?id=2&utm=x", 'params=("utm")', { body: "2" }));
    await store.invalidateAll(url("/a?id=1"));
    expect(await found(store, "/a?id=1&utm=x")).toEqual([]);
    expect(await found(store, "/a?id=2")).toEqual(["2"]);
  });

  test("RFC 9111 §4.4: what was asked for before an invalidation is not shared after it, though its rule was not known", async () => {
    const { store, at } = open();
    at(200);
    await store.invalidateAll(url("/a?id=1"));
    const late = placed(store, "/a?id=1&utm=x", 'params=("utm")', { at: 150 });
    expect(store.admits(late)).toBe(false);
    await store.put(late);
    expect(await found(store, "/a?id=1")).toEqual([]);
    const next = placed(store, "/a?id=1&utm=x", 'params=("utm")', { at: 201, body: "next" });
    await store.put(next);
    expect(await found(store, "/a?id=1")).toEqual(["next"]);
  });

  test("RFC 9111 §4.4: nor where only other rules of its path were known", async () => {
    const { store, at } = open();
    placed(store, "/a?page=1", 'params=("page")');
    at(200);
    await store.invalidateAll(url("/a?id=1"));
    at(210);
    for (const query of ["?id=1&utm=x", "?id=1&utm=y"]) {
      expect(store.admits(placed(store, `/a${query}`, 'params=("utm")', { at: 150 }))).toBe(false);
    }
    expect(store.admits(placed(store, "/a?id=1&utm=x", 'params=("utm")', { at: 201 }))).toBe(true);
    expect(store.admits(placed(store, "/a?id=2&page=x", 'params=("page")', { at: 150 }))).toBe(true);
  });

  test("once the rule is known, an invalidation keeps out what concerns its URL alone", async () => {
    const { store, at } = open();
    const [one, two] = ["/a?id=1&utm=x", "/a?id=2"].map((path) => placed(store, path, 'params=("utm")', { at: 150 }));
    at(200);
    await store.invalidateAll(url("/a?id=1"));
    expect([one && store.admits(one), two && store.admits(two)]).toEqual([false, true]);
  });

  test("deleting takes all that may answer for the URL, and keeps nothing out", async () => {
    const { store } = open();
    const shared = placed(store, "/a?id=1&utm=x", 'params=("utm")');
    await store.put(shared);
    await store.put(placed(store, "/a?id=1", undefined));
    expect(await found(store, "/a?id=1")).toHaveLength(2);
    await store.deleteAll(url("/a?id=1"));
    expect(await found(store, "/a?id=1")).toEqual([]);
    expect(await found(store, "/a?id=1&utm=x")).toEqual([]);
    await store.put(shared);
    expect(await found(store, "/a?id=1")).toHaveLength(1);
  });

  test("clearing takes what is shared too, and what comes after is found", async () => {
    const { store, at } = open();
    await store.put(placed(store, "/a?x=1&y=2", "key-order"));
    at(5);
    expect(await store.clear()).toBe(1);
    expect(await found(store, "/a?y=2&x=1")).toEqual([]);
    await store.put(placed(store, "/a?x=1&y=2", "key-order", { at: 6, body: "again" }));
    expect(await found(store, "/a?y=2&x=1")).toEqual(["again"]);
  });
});

describe("purging", () => {
  test("a URL goes with all that may answer for it, each counted once", async () => {
    const { store } = open();
    await store.put(placed(store, "/a?id=1&utm=x", 'params=("utm")'));
    await store.put(placed(store, "/a?id=1", undefined));
    await store.put(placed(store, "/a?id=2", undefined));
    const query: Keyed = { ...url("/a?id=1"), key: queryKey(url("/a?id=1").key, "digest") };
    const answer = stored({ at: 1, path: "/a?id=1" });
    await store.put({ ...answer, key: query.key, method: "QUERY", groups: groupsOf(query.key, answer.headers) });
    expect(await store.purgeAll(url("/a?id=1&utm=y"), "soft")).toBe(1);
    expect(await store.purgeAll(url("/a?id=1"), "hard")).toBe(3);
    expect(await store.find(query)).toEqual([]);
    expect((await store.stats()).entries).toBe(1);
  });

  test("what comes by a rule that nobody knew when its URL, its queries or its path was purged stays out", async () => {
    const purges = [
      (store: VariedStore) => store.purgeAll(url("/a?id=1"), "hard"),
      (store: VariedStore) => store.purge({ what: { type: "prefix", prefix: `${SITE}/a?` }, how: "hard" }),
      (store: VariedStore) => store.purge({ what: { type: "prefix", prefix: `${SITE}/a` }, how: "soft" }),
      (store: VariedStore) =>
        store.purge({ what: { type: "pattern", pattern: `${SITE}/a\\?id=1`, prefix: `${SITE}/a` }, how: "hard" }),
    ];
    for (const purge of purges) {
      const { store, at } = open();
      at(5);
      await purge(store);
      at(10);
      await store.put(placed(store, "/a?id=1&utm=x", 'params=("utm", "id")', { at: 4 }));
      expect(await found(store, "/a?id=1")).toEqual([]);
    }
  });

  test("the queries of a path go with what a rule has made of them", async () => {
    const { store } = open();
    await store.put(placed(store, "/a?page=1", 'params=("page")'));
    await store.put(placed(store, "/a?x", undefined));
    await store.put(placed(store, "/a", undefined));
    await store.put(placed(store, "/ab?x", undefined));
    expect(await store.purge({ what: { type: "prefix", prefix: `${SITE}/a?` }, how: "hard" })).toBe(2);
    expect((await store.stats()).entries).toBe(2);
  });

  test("what is known of rules goes with everything, and not where it is only stale", async () => {
    const { store } = open();
    await store.put(placed(store, "/a?page=1", 'params=("page")', { body: "1" }));
    await store.purge({ what: { type: "everything" }, how: "soft" });
    expect(await found(store, "/a?page=2")).toEqual(["1"]);
    expect(await store.purge({ what: { type: "everything" }, how: "hard" })).toBe(1);
    expect(await found(store, "/a?page=2")).toEqual([]);
  });
});

describeStore("varied", () =>
  varied(fenced(new MemoryStore(16 * 1024 * 1024, () => 0), new Fence(() => -1)), new KnownRules()),
);
