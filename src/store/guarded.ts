import type { StoredResponse } from "../caching/stored.ts";
import type { Store } from "./store.ts";

/** Which operation of a store failed, and with what. */
export type StoreFailure = { readonly operation: "get" | "put" | "delete"; readonly error: unknown };

/**
 * A store whose failures never reach a client: a get that fails is a miss, a put or delete that fails is reported and over.
 * Clearing, purging and looking fail openly, since whoever asks for them waits for the answer.
 * @param report told of every failure, to count and to log it
 */
export function guarded(store: Store, report: (failure: StoreFailure) => void): Store {
  return {
    get(key, suffices) {
      try {
        const found = store.get(key, suffices);
        return found instanceof Promise ? found.catch(missed) : found;
      } catch (error) {
        return missed(error);
      }
    },
    put(stored) {
      try {
        const put = store.put(stored);
        return put instanceof Promise ? put.catch(unkept) : undefined;
      } catch (error) {
        return unkept(error);
      }
    },
    async delete(key) {
      try {
        return await store.delete(key);
      } catch (error) {
        report({ operation: "delete", error });
        return 0;
      }
    },
    async deleteGroup(group) {
      try {
        return await store.deleteGroup(group);
      } catch (error) {
        report({ operation: "delete", error });
        return 0;
      }
    },
    clear: () => store.clear(),
    purge: (purge) => store.purge(purge),
    keys: (range) => store.keys(range),
    look: (key) => store.look(key),
    stats: () => store.stats(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };

  function unkept(error: unknown): void {
    report({ operation: "put", error });
  }

  function missed(error: unknown): readonly StoredResponse[] {
    report({ operation: "get", error });
    return NOTHING;
  }
}

const NOTHING: readonly StoredResponse[] = [];
