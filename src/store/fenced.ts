import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import type { StoredResponse } from "../caching/stored.ts";
import { LastFew } from "./last-few.ts";
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

/** What the fence looks at in a response. */
export type Asked = Pick<StoredResponse, "key" | "groups" | "sentAt">;

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
  /** By the hash of the key or group, which may be long; two of one hash only keep each other out once. */
  const invalidatedAt = new LastFew<number | bigint, number>(REMEMBERED);
  /** Nothing that was asked for before this is let in. */
  let floor = Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;

  function now(): number {
    latest = Math.max(monotonic(), latest + TICK);
    return latest;
  }

  function note(what: CacheKey | Group): void {
    floor = invalidatedAt.set(Bun.hash(what), now()) ?? floor;
  }

  function admits({ key, groups, sentAt }: Asked): boolean {
    if (sentAt <= floor) return false;
    if (invalidatedAt.size === 0) return true;
    const isLater = (what: CacheKey | Group): boolean =>
      sentAt > (invalidatedAt.get(Bun.hash(what)) ?? Number.NEGATIVE_INFINITY);
    return isLater(key) && groups.every(isLater);
  }

  return {
    get: (key) => store.get(key),
    put: (stored) => (admits(stored) ? store.put(stored) : undefined),
    admits,
    now,
    delete: (key) => store.delete(key),
    async invalidate(key) {
      note(key);
      const counts = await Promise.all([store.delete(key), store.deleteGroup(key)]);
      return counts[0] + counts[1];
    },
    deleteGroup: (group) => store.deleteGroup(group),
    async invalidateGroup(group) {
      note(group);
      return store.deleteGroup(group);
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
