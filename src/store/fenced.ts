import type { CacheKey } from "../caching/key.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Store } from "./store.ts";

/** A store that an answer to an older question cannot undo an invalidation of. */
export interface FencedStore extends Store {
  /** Drops everything under a key, and whatever comes for it of requests that were sent before; how many responses went. */
  invalidate(key: CacheKey): Promise<number>;
  /** Whether a response is younger than every invalidation of it. */
  admits(stored: StoredResponse): boolean;
}

/** Invalidations remembered one by one; of older ones only when the last of them was. */
const REMEMBERED = 10_000;

/**
 * Keeps out of a store what was asked for before it was invalidated and arrives after (RFC 9111 §4.4): a GET that was under way
 * while a POST changed the resource, or while everything was cleared.
 * @param monotonic ms on the clock of `StoredResponse.sentAt`
 */
export function fenced(store: Store, monotonic: () => number): FencedStore {
  const invalidatedAt = new Map<CacheKey, number>();
  /** Nothing that was asked for before this is let in. */
  let floor = Number.NEGATIVE_INFINITY;

  function note(key: CacheKey): void {
    // Deleted first, so that the map stays in the order of time.
    invalidatedAt.delete(key);
    invalidatedAt.set(key, monotonic());
    if (invalidatedAt.size <= REMEMBERED) return;
    for (const [oldest, at] of invalidatedAt) {
      invalidatedAt.delete(oldest);
      floor = at;
      return;
    }
  }

  function admits({ key, sentAt }: StoredResponse): boolean {
    return sentAt > Math.max(floor, invalidatedAt.get(key) ?? Number.NEGATIVE_INFINITY);
  }

  return {
    get: (key) => store.get(key),
    put: (stored) => (admits(stored) ? store.put(stored) : undefined),
    admits,
    delete: (key) => store.delete(key),
    async invalidate(key) {
      note(key);
      return store.delete(key);
    },
    clear() {
      floor = monotonic();
      invalidatedAt.clear();
      return store.clear();
    },
    stats: () => store.stats(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
