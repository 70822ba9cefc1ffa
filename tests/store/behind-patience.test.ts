import { expect, test } from "bun:test";
import { WriteBehind } from "../../src/store/behind.ts";
import { evictionBy } from "../../src/store/memory/eviction-by-name.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import { keyOf, stored } from "./stored.ts";

/** A store that is written to only once the test lets it, behind which somebody has so much patience. */
function slow(patience: number | undefined) {
  const written = Promise.withResolvers<void>();
  const memory = new MemoryStore(1024 * 1024, () => 0, evictionBy("lru", 1024 * 1024));
  const putAll = async (batch: readonly ReturnType<typeof stored>[]): Promise<void> => {
    await written.promise;
    for (const one of batch) memory.put(one);
  };
  const sleeps: number[] = [];
  const store = {
    putAll,
    get: (key: ReturnType<typeof keyOf>) => memory.get(key),
    put: () => undefined,
    delete: () => 0,
    deleteGroup: () => 0,
    clear: () => 0,
    purge: () => 0,
    keys: () => [],
    look: () => [],
    stats: () => memory.stats(),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const behind = new WriteBehind(store, {
    ...{ maxBytes: 1_000_000, gather: 0, batch: { responses: 9, bytes: 1_000_000 }, patience },
    fence: { admits: () => true },
    report: (error) => {
      throw error;
    },
    sleep: async (length) => {
      sleeps.push(length);
    },
  });
  return { behind, written, sleeps };
}

test("who has patience for so long gets a miss while what is asked for is still being written", async () => {
  const { behind, written, sleeps } = slow(10);
  behind.put(stored({ body: "x" }));
  expect(await behind.get(keyOf("/"))).toEqual([]);
  expect(sleeps).toContain(10);
  expect(await behind.get(keyOf("/other"))).toEqual([]);
  written.resolve();
  await behind.flushed();
  expect(await behind.get(keyOf("/"))).toHaveLength(1);
});

test("without a limit it waits until it is written", async () => {
  const { behind, written } = slow(undefined);
  behind.put(stored({ body: "x" }));
  const found = behind.get(keyOf("/"));
  written.resolve();
  expect(await found).toHaveLength(1);
});
