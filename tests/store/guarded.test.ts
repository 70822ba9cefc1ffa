import { describe, expect, test } from "bun:test";
import { guarded, type StoreFailure } from "../../src/store/guarded.ts";
import { MemoryStore } from "../../src/store/memory/memory-store.ts";
import type { Store } from "../../src/store/store.ts";
import { describeStore } from "./contract.ts";
import { groupOf, keyOf, stored } from "./stored.ts";

describeStore("a guarded store", () =>
  guarded(new MemoryStore(16 * 1024 * 1024, () => 0), ({ error }) => {
    throw error;
  }),
);

const broken = new Error("disk full");

function throwing(): never {
  throw broken;
}

const THROWS: Store = {
  get: throwing,
  put: throwing,
  delete: throwing,
  deleteGroup: throwing,
  clear: throwing,
  purge: throwing,
  keys: throwing,
  look: throwing,
  stats: throwing,
  [Symbol.asyncDispose]: async () => undefined,
};

const rejecting = (): Promise<never> => Promise.reject(broken);

const REJECTS: Store = { ...THROWS, get: rejecting, put: rejecting, delete: rejecting, deleteGroup: rejecting };

describe.each([
  ["throws", THROWS],
  ["rejects", REJECTS],
])("a store that %s", (_, failing) => {
  function open(): { store: Store; reported: StoreFailure[] } {
    const reported: StoreFailure[] = [];
    return { store: guarded(failing, (failure) => reported.push(failure)), reported };
  }

  test("makes a get a miss", async () => {
    const { store, reported } = open();
    expect(await store.get(keyOf("/"))).toEqual([]);
    expect(reported).toEqual([{ operation: "get", error: broken }]);
  });

  test("makes a put and a delete do nothing", async () => {
    const { store, reported } = open();
    await store.put(stored());
    expect(await store.delete(keyOf("/"))).toBe(0);
    expect(await store.deleteGroup(groupOf("a"))).toBe(0);
    expect(reported.map(({ operation }) => operation)).toEqual(["put", "delete", "delete"]);
  });

  test("fails openly where somebody waits for the answer", () => {
    const { store, reported } = open();
    expect(() => store.clear()).toThrow(broken);
    expect(() => store.stats()).toThrow(broken);
    expect(() => store.purge({ what: { type: "everything" }, how: "hard" })).toThrow(broken);
    expect(() => store.keys({ prefix: "", after: undefined, limit: 1 })).toThrow(broken);
    expect(() => store.look(keyOf("/"))).toThrow(broken);
    expect(reported).toEqual([]);
  });
});
