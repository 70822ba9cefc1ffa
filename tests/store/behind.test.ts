import { describe, expect, test } from "bun:test";
import type { StoredResponse } from "../../src/caching/stored.ts";
import { type BatchStore, type Behind, WriteBehind } from "../../src/store/behind.ts";
import { Fence } from "../../src/store/fence.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { describeStore } from "./contract.ts";
import { groupOf, keyOf, stored } from "./stored.ts";

const MB = 1024 * 1024;
/** What a response without a body weighs while it waits. */
const EMPTY = 2048;

function batched(store: MemoryStore, putAll: BatchStore["putAll"]): BatchStore {
  return {
    putAll,
    get: (key) => store.get(key),
    put: (response) => store.put(response),
    delete: (key) => store.delete(key),
    deleteGroup: (group) => store.deleteGroup(group),
    clear: () => store.clear(),
    purge: (purge) => store.purge(purge),
    keys: (range) => store.keys(range),
    look: (key) => store.look(key),
    stats: () => store.stats(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

function memory(): MemoryStore {
  return new MemoryStore(64 * MB, () => 0);
}

/** One that nothing is written behind of unless somebody hurries or the test says that enough time has passed. */
function open(how: Partial<Pick<Behind, "maxBytes" | "batch">> = {}) {
  let now = 100;
  const below = memory();
  const fence = new Fence(() => now);
  const batches: string[][] = [];
  const reported: (readonly [message: string, responses: number])[] = [];
  let gathered = Promise.withResolvers<void>();
  /** What a batch waits for before it is written, and what it fails with. */
  let gate: Promise<void> | undefined;
  let failure: Error | undefined;
  let disposed = 0;
  let isBlind = false;
  const tier = batched(below, async (batch) => {
    batches.push(batch.map(({ key }) => new URL(key).pathname));
    await gate;
    if (failure !== undefined) throw failure;
    for (const response of batch) below.put(response);
  });
  const store = new WriteBehind(
    {
      ...tier,
      async [Symbol.asyncDispose]() {
        disposed = below.stats().entries;
      },
      delete: (key) => {
        if (failure !== undefined) throw failure;
        return below.delete(key);
      },
      look: (key) => {
        if (isBlind) throw new Error("out of reach");
        return below.look(key);
      },
    },
    {
      ...{ maxBytes: 16 * MB, gather: 5, batch: { responses: 100, bytes: MB }, fence, ...how },
      report: (error, responses) => reported.push([error instanceof Error ? error.message : "", responses]),
      sleep: () => gathered.promise,
    },
  );
  return {
    ...{ store, below, fence, batches, reported },
    at: (instant: number) => (now = instant),
    disposed: () => disposed,
    blind: () => (isBlind = true),
    fail: (error: Error | undefined) => (failure = error),
    /** What was put so far goes; resolves once it had its turn. */
    async pass(): Promise<void> {
      gathered.resolve();
      gathered = Promise.withResolvers();
      await Bun.sleep(0);
    },
    /** Batches wait until the returned function was called. */
    hold(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}

async function bodies(found: Promise<readonly StoredResponse[]> | readonly StoredResponse[]): Promise<string[]> {
  return Promise.all((await found).map(({ body }) => body.text()));
}

/** It counts what is there once all is written. */
class Flushed extends WriteBehind {
  override async stats() {
    await this.flushed();
    return super.stats();
  }
}

describeStore("what is written behind", () => {
  const below = memory();
  const tier = batched(below, (batch) => {
    for (const response of batch) below.put(response);
  });
  const batch = { responses: 2, bytes: MB };
  const report = (error: unknown): never => {
    throw error;
  };
  const fence = { admits: () => true };
  return new Flushed(tier, { ...{ maxBytes: 16 * MB, gather: 1, batch, fence, report }, sleep: Bun.sleep });
});

const english = [["accept-language", "en"]] as const;
const group = [["cache-groups", '"a"']] as const;

describe("written behind", () => {
  test("nothing is written before some time has passed, then all of it at once", async () => {
    const { store, batches, pass } = open();
    store.put(stored({ path: "/a" }));
    store.put(stored({ path: "/b" }));
    await Bun.sleep(0);
    expect(batches).toEqual([]);
    await pass();
    expect(batches).toEqual([["/a", "/b"]]);
  });

  test("batches hold so many responses and bytes at most, and one that is larger alone", async () => {
    const { store, batches } = open({ batch: { responses: 3, bytes: 10_000 } });
    for (const path of ["/1", "/2", "/3", "/4"]) store.put(stored({ path }));
    store.put(stored({ path: "/large", body: "x".repeat(20_000) }));
    store.put(stored({ path: "/5" }));
    store.put(stored({ path: "/half", body: "x".repeat(5000) }));
    store.put(stored({ path: "/6" }));
    await store.flushed();
    expect(batches).toEqual([["/1", "/2", "/3"], ["/4"], ["/large"], ["/5", "/half"], ["/6"]]);
  });

  test("what a batch has no room for does not wait for more to join it, where it fills one itself", async () => {
    const below = memory();
    const written = Promise.withResolvers<void>();
    const tier = batched(below, (batch) => {
      for (const response of batch) below.put(response);
      if (below.stats().entries === 5) written.resolve();
    });
    const slept: number[] = [];
    const store = new WriteBehind(tier, {
      ...{ maxBytes: MB, gather: 5, batch: { responses: 2, bytes: MB }, fence: { admits: () => true } },
      report: (error) => expect(error).toBeUndefined(),
      sleep: async (length) => void slept.push(length),
    });
    for (let i = 0; i < 5; i++) store.put(stored({ path: `/${i}` }));
    await written.promise;
    expect(slept).toEqual([5, 0, 5]);
  });

  test("what waits is found, also where many batches go before it", async () => {
    const { store, batches } = open({ batch: { responses: 1, bytes: MB } });
    for (let i = 0; i < 10; i++) store.put(stored({ path: `/${i}`, body: String(i) }));
    expect(await bodies(store.get(keyOf("/7")))).toEqual(["7"]);
    expect(batches).toHaveLength(8);
  });

  test("who asks for something else does not wait for it", async () => {
    const { store, below, batches } = open();
    below.put(stored({ path: "/there", body: "there" }));
    store.put(stored({ path: "/a" }));
    expect(await bodies(store.get(keyOf("/there")))).toEqual(["there"]);
    expect(await store.delete(keyOf("/there"))).toBe(1);
    expect(await store.deleteGroup(groupOf("a"))).toBe(0);
    expect(batches).toEqual([]);
  });

  test("what is being written is found", async () => {
    const { store, pass, hold } = open();
    const go = hold();
    store.put(stored({ body: "a" }));
    await pass();
    const found = store.get(keyOf("/"));
    go();
    expect(await bodies(found)).toEqual(["a"]);
  });

  test("what comes while a batch is written goes with the next", async () => {
    const { store, batches, pass, hold } = open();
    const go = hold();
    store.put(stored({ path: "/a" }));
    await pass();
    store.put(stored({ path: "/b" }));
    go();
    await store.flushed();
    expect(batches).toEqual([["/a"], ["/b"]]);
  });

  test("what is replaced while it waits is not written, nor what comes too late", async () => {
    const { store, batches, below } = open();
    store.put(stored({ body: "1", at: 1000 }));
    store.put(stored({ body: "en", selecting: english }));
    store.put(stored({ body: "2", at: 2000 }));
    store.put(stored({ body: "3", at: 1500 }));
    await store.flushed();
    expect(batches).toEqual([["/", "/"]]);
    expect(await bodies(below.get(keyOf("/")))).toEqual(["2", "en"]);
  });
});

describe("a queue that is full", () => {
  test("takes nothing more, and what that would have replaced goes", async () => {
    const { store, below } = open({ maxBytes: 3 * EMPTY });
    below.put(stored({ path: "/d", body: "old" }));
    for (const path of ["/a", "/b", "/c", "/d"]) store.put(stored({ path }));
    expect(store.dropped).toBe(1);
    await store.flushed();
    expect(await store.get(keyOf("/d"))).toEqual([]);
    expect(below.stats().entries).toBe(3);
  });

  test("has room again once it was written, dropped or replaced", async () => {
    const { store, below } = open({ maxBytes: 2 * EMPTY });
    store.put(stored({ path: "/a" }));
    store.put(stored({ path: "/b" }));
    await store.flushed();
    store.put(stored({ path: "/c" }));
    store.put(stored({ path: "/d" }));
    await store.delete(keyOf("/c"));
    store.put(stored({ path: "/e", headers: group }));
    await store.deleteGroup(groupOf("a"));
    store.put(stored({ path: "/f" }));
    store.put(stored({ path: "/f" }));
    await store.flushed();
    expect(store.dropped).toBe(0);
    expect(below.stats().entries).toBe(4);
  });

  test("has room for one that is larger than it as long as nothing else waits", async () => {
    const { store, below } = open({ maxBytes: 2 * EMPTY });
    store.put(stored({ path: "/large", body: "x".repeat(5 * EMPTY) }));
    store.put(stored({ path: "/a" }));
    await store.flushed();
    store.put(stored({ path: "/b" }));
    store.put(stored({ path: "/large", body: "y".repeat(5 * EMPTY) }));
    await store.flushed();
    expect(store.dropped).toBe(2);
    expect(below.stats().entries).toBe(1);
  });

  test("reports where what would have been replaced cannot be dropped", async () => {
    const { store, reported, fail } = open({ maxBytes: EMPTY });
    store.put(stored({ path: "/a" }));
    fail(new Error("away"));
    store.put(stored({ path: "/b" }));
    await store.flushed();
    expect(reported).toEqual([
      ["away", 1],
      ["away", 1],
    ]);
  });
});

describe("what is dropped", () => {
  type Opened = ReturnType<typeof open>;
  const drops: readonly (readonly [what: string, drop: (opened: Opened) => Promise<number>])[] = [
    ["by its key", ({ store }) => store.delete(keyOf("/"))],
    ["with its group", ({ store }) => store.deleteGroup(groupOf("a"))],
    ["with everything", ({ store }) => store.clear()],
  ];

  test.each(drops)("%s while it waits is never written", async (_, drop) => {
    const opened = open();
    const { store, batches } = opened;
    store.put(stored({ headers: group }));
    store.put(stored({ headers: group, selecting: english }));
    expect(await drop(opened)).toBe(2);
    await store.flushed();
    expect(batches).toEqual([]);
    expect(await store.get(keyOf("/"))).toEqual([]);
  });

  test.each(drops)("%s while it is being written is not there afterwards", async (_, drop) => {
    const opened = open();
    const { store, below, pass, hold } = opened;
    const go = hold();
    store.put(stored({ headers: group }));
    await pass();
    store.put(stored({ headers: group, selecting: english }));
    const dropped = drop(opened);
    go();
    expect(await dropped).toBe(2);
    await store.flushed();
    expect(below.stats().entries).toBe(0);
  });

  test.each(drops)("%s while it waits goes with what it would have replaced, and counts once", async (_, drop) => {
    const opened = open();
    const { store, below } = opened;
    store.put(stored({ at: 1, headers: group }));
    store.put(stored({ at: 1, headers: group, selecting: english }));
    await store.flushed();
    store.put(stored({ at: 2, headers: group }));
    expect(await drop(opened)).toBe(2);
    expect(below.stats().entries).toBe(0);
  });

  test("leaves nothing behind that it would have replaced, of whichever group that is", async () => {
    const { store } = open();
    store.put(stored({ at: 1 }));
    await store.flushed();
    store.put(stored({ at: 2, headers: group }));
    expect(await store.deleteGroup(groupOf("a"))).toBe(1);
    expect(await store.get(keyOf("/"))).toEqual([]);
  });

  test("is dropped from below also where it cannot be looked at", async () => {
    const { store, below, blind, reported } = open();
    store.put(stored({ at: 1 }));
    await store.flushed();
    blind();
    store.put(stored({ at: 2 }));
    await store.delete(keyOf("/"));
    expect([below.stats().entries, reported]).toEqual([0, [["out of reach", 1]]]);
  });

  test("leaves what else waits", async () => {
    const { store, batches } = open();
    store.put(stored({ path: "/a" }));
    store.put(stored({ path: "/b", headers: group }));
    store.put(stored({ path: "/c" }));
    await store.delete(keyOf("/a"));
    await store.deleteGroup(groupOf("a"));
    await store.flushed();
    expect(batches).toEqual([["/c"]]);
  });
});

test("the fence is asked right before a batch is written", async () => {
  const { store, fence, at, batches } = open();
  store.put(stored({ path: "/a", at: 50 }));
  store.put(stored({ path: "/b", at: 50 }));
  at(200);
  fence.note(keyOf("/a"));
  await store.flushed();
  expect(batches).toEqual([["/b"]]);
  store.put(stored({ path: "/c", at: 50 }));
  fence.noteAll();
  await store.flushed();
  expect(batches).toHaveLength(1);
});

test("a batch that cannot be written is reported, and the next one goes on", async () => {
  const { store, below, reported, fail } = open();
  fail(new Error("disk full"));
  store.put(stored({ path: "/a" }));
  store.put(stored({ path: "/b" }));
  await store.flushed();
  expect(reported).toEqual([["disk full", 2]]);
  expect(await store.get(keyOf("/a"))).toEqual([]);
  fail(undefined);
  store.put(stored({ path: "/c" }));
  await store.flushed();
  expect(below.stats().entries).toBe(1);
});

test("disposal writes all that waits, then lets go of the store", async () => {
  const { store, disposed, batches } = open({ batch: { responses: 2, bytes: MB } });
  for (const path of ["/a", "/b", "/c"]) store.put(stored({ path }));
  await store[Symbol.asyncDispose]();
  expect(batches).toEqual([["/a", "/b"], ["/c"]]);
  expect(disposed()).toBe(3);
});
