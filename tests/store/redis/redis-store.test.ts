import type { Store } from "../../../src/store/store.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { describeStore } from "../contract.ts";
import { startRedis } from "../redis-server.ts";
import { openStore } from "./opened.ts";

const stack = cleanup();
const redis = await startRedis(stack);

describeStore("redis", async (): Promise<Store> => {
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
    stats: () => store.stats(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
});
