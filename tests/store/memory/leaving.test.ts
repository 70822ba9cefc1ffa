import { expect, test } from "bun:test";
import { MemoryStore } from "../../../src/store/memory/memory-store.ts";
import { groupOf, keyOf, stored } from "../stored.ts";

const MANY = 3000;

/** A store with many responses in one group, and the turns of the event loop, which come when they are let. */
function filled(): {
  readonly store: MemoryStore;
  readonly turn: () => Promise<void>;
  readonly waiting: () => boolean;
} {
  const turns: (() => void)[] = [];
  const store = new MemoryStore(
    64_000_000,
    () => 0,
    undefined,
    (go) => turns.push(go),
  );
  for (let i = 0; i < MANY; i++) store.put(stored({ path: `/${i}`, headers: [["cache-groups", '"all", "some"']] }));
  const turn = async (): Promise<void> => {
    turns.shift()?.();
    // What waited for the turn goes on in a microtask.
    for (let i = 0; i < 5; i++) await undefined;
  };
  return { store, turn, waiting: () => turns.length > 0 };
}

test("a large group is gone at once for whoever asks, and in fact after some turns", async () => {
  const { store, turn, waiting } = filled();
  const count = store.deleteGroup(groupOf("all"));
  expect(store.stats().entries).toBeGreaterThan(0);
  for (let i = 0; i < MANY; i++) expect(store.get(keyOf(`/${i}`))).toEqual([]);
  while (waiting()) await turn();
  expect(await count).toBe(MANY);
  expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
});

test("what comes meanwhile stays, also in place of what is leaving", async () => {
  const { store, turn, waiting } = filled();
  const count = store.deleteGroup(groupOf("all"));
  const member = (path: string) => stored({ path, body: "new", headers: [["cache-groups", '"all"']] });
  store.put(member("/0"));
  store.put(member("/new"));
  while (waiting()) await turn();
  expect(await count).toBe(MANY);
  for (const path of ["/0", "/new"]) expect(await store.get(keyOf(path))[0]?.body.text()).toBe("new");
  expect(store.stats().entries).toBe(2);
  expect(store.deleteGroup(groupOf("all"))).toBe(2);
});

test("what leaves twice counts once", async () => {
  const { store, turn, waiting } = filled();
  const first = store.deleteGroup(groupOf("all"));
  const second = store.deleteGroup(groupOf("some"));
  while (waiting()) await turn();
  expect([await first, await second].reduce((a, b) => a + b)).toBe(MANY);
});

test("clear ends it, and everything counts once", async () => {
  const { store, turn, waiting } = filled();
  const left = store.deleteGroup(groupOf("all"));
  const cleared = store.clear();
  store.put(stored({ path: "/after" }));
  while (waiting()) await turn();
  expect((await left) + cleared).toBe(MANY);
  expect(store.get(keyOf("/after"))).toHaveLength(1);
});

test("one response that many must make way for has its place at once, and they go bit by bit", async () => {
  const turns: (() => void)[] = [];
  const store = new MemoryStore(
    8_000_000,
    () => 0,
    undefined,
    (go) => turns.push(go),
  );
  for (let i = 0; store.stats().evictions === 0; i++) store.put(stored({ path: `/${i}` }));
  store.put(stored({ path: "/large", body: new Uint8Array(7_500_000) }));
  expect(store.get(keyOf("/large"))).toHaveLength(1);
  expect(turns).toHaveLength(1);
  for (let go = turns.shift(); go !== undefined; go = turns.shift()) go();
  const { bytes, maxBytes } = store.stats();
  expect(bytes).toBeLessThanOrEqual(maxBytes);
  expect(store.get(keyOf("/large"))).toHaveLength(1);
});
