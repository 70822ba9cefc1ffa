import type { CacheKey } from "../caching/key.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Store } from "./store.ts";

/** A store that an answer to an older question cannot undo an invalidation of. */
export interface FencedStore extends Store {
  /** Drops everything under a key, and whatever comes for it of requests that were sent before; how many responses went. */
  invalidate(key: CacheKey): Promise<number>;
  /** Whether a response was asked for after every invalidation of it. */
  admits(response: Pick<StoredResponse, "key" | "sentAt">): boolean;
  /** An instant for `sentAt` that is later than every invalidation so far, and earlier than every one to come. */
  now(): number;
}

/** Invalidations remembered one by one; of older ones only when the last of them was. */
const REMEMBERED = 10_000;
/** What lies at least between two instants, in ms: one is before the other also where the clock is coarse. */
const TICK = 0.001;

/**
 * Keeps out of a store what was asked for before it was invalidated and arrives after (RFC 9111 §4.4): a GET that was under way
 * while a POST changed the resource, or while everything was cleared.
 * @param monotonic ms on the clock of `StoredResponse.sentAt`
 */
export function fenced(store: Store, monotonic: () => number): FencedStore {
  /** By the hash of the key, which may be long; two keys of one hash only keep each other out once. */
  const invalidatedAt = new Map<number | bigint, number>();
  /** Nothing that was asked for before this is let in. */
  let floor = Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;

  function now(): number {
    latest = Math.max(monotonic(), latest + TICK);
    return latest;
  }

  function note(key: CacheKey): void {
    // Deleted first, so that the map stays in the order of time.
    const hash = Bun.hash(key);
    invalidatedAt.delete(hash);
    invalidatedAt.set(hash, now());
    if (invalidatedAt.size <= REMEMBERED) return;
    for (const [oldest, at] of invalidatedAt) {
      invalidatedAt.delete(oldest);
      floor = at;
      return;
    }
  }

  function admits({ key, sentAt }: Pick<StoredResponse, "key" | "sentAt">): boolean {
    if (sentAt <= floor) return false;
    return invalidatedAt.size === 0 || sentAt > (invalidatedAt.get(Bun.hash(key)) ?? Number.NEGATIVE_INFINITY);
  }

  return {
    get: (key) => store.get(key),
    put: (stored) => (admits(stored) ? store.put(stored) : undefined),
    admits,
    now,
    delete: (key) => store.delete(key),
    async invalidate(key) {
      note(key);
      return store.delete(key);
    },
    clear() {
      floor = now();
      invalidatedAt.clear();
      return store.clear();
    },
    stats: () => store.stats(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
