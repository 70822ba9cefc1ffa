import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import type { Asked, Fence } from "./fence.ts";
import type { Store } from "./store.ts";

/** A store that an answer to an older question cannot undo an invalidation of. */
export interface FencedStore extends Store {
  /** Drops everything under a URL's key, what QUERYs of the URL brought, and whatever comes for it of requests that were sent before; how many responses went. */
  invalidate(key: CacheKey): Promise<number>;
  /** The same for what belongs to a group. */
  invalidateGroup(group: Group): Promise<number>;
  /** Whether a response was asked for after every invalidation of it. */
  admits(response: Asked): boolean;
  /** An instant for `sentAt` that is later than every invalidation so far, and earlier than every one to come. */
  now(): number;
}

/** Keeps out of a store what was asked for before it was invalidated and arrives after (RFC 9111 §4.4). */
export function fenced(store: Store, fence: Fence): FencedStore {
  return {
    get: (key, suffices) => store.get(key, suffices),
    put: (stored) => (fence.admits(stored) ? store.put(stored) : undefined),
    admits: (response) => fence.admits(response),
    now: () => fence.now(),
    delete: (key) => store.delete(key),
    async invalidate(key) {
      fence.note(key);
      const counts = await Promise.all([store.delete(key), store.deleteGroup(key)]);
      return counts[0] + counts[1];
    },
    deleteGroup: (group) => store.deleteGroup(group),
    async invalidateGroup(group) {
      fence.note(group);
      return store.deleteGroup(group);
    },
    purge(purge) {
      fence.notePurge(purge.what);
      return store.purge(purge);
    },
    keys: (range) => store.keys(range),
    look: (key) => store.look(key),
    clear() {
      fence.noteAll();
      return store.clear();
    },
    stats: () => store.stats(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
