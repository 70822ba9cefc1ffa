import type { Store } from "../../../src/store/store.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { describeStore } from "../contract.ts";
import { describeInventory } from "../inventory-contract.ts";
import { startRedis } from "../redis-server.ts";
import { openStore } from "./opened.ts";

const stack = cleanup();
const redis = await startRedis(stack);

describeStore("redis", open);
describeInventory("redis", open);

async function open(): Promise<Store> {
  const { store, set } = await openStore(stack, redis.url);
  return {
    get: (key) => store.get(key),
    put(stored) {
      // It is put right when it was asked for: else it would be from before what was invalidated last.
      set({ wall: stored.sentAt, steady: stored.sentAt });
      return store.put(stored);
    },
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
