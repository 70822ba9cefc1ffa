import type { CacheKey } from "../caching/key.ts";
import { covering } from "../caching/purge.ts";
import { moreRecent, replaces, type StoredResponse } from "../caching/stored.ts";
import { after } from "../http/at-once.ts";
import type { Fence } from "./fence.ts";
import type { Held } from "./inventory.ts";
import { Meanwhile, type Undoes } from "./meanwhile.ts";
import type { Store } from "./store.ts";

/** Larger bodies are served from below and not taken up into memory. */
export const TAKEN_UP_TO = 256 * 1024;

/**
 * Two tiers as one store: what is put goes into both, what is not found above is looked for below and taken up. Of what both have of
 * one selection the more recent counts.
 * @param name by which what is read from below says where it lay
 * @param fence keeps what was found below out of the memory where it was invalidated meanwhile
 */
export function tiers(memory: Store, below: Store, name: string, fence: Pick<Fence, "now" | "admits">): Store {
  /** Found below and not taken up: they may rest on something that only the tier below keeps. */
  const leftBelow = new WeakSet<Blob>();
  const meanwhile = new Meanwhile();

  /** @param undoes what goes */
  function both(undoes: Undoes, drop: (tier: Store) => Promise<number> | number): Promise<number> {
    return meanwhile.during(undoes, async () => {
      const counts = await Promise.all([drop(memory), drop(below)]);
      // What lies above lies below as well, but for what is on its way there.
      return Math.max(...counts);
    });
  }

  function lookBelow(key: CacheKey): Promise<readonly StoredResponse[]> | readonly StoredResponse[] {
    const still = meanwhile.look();
    const found = below.get(key);
    if (!(found instanceof Promise)) return still(found);
    return found.then(still, (error) => {
      still(NOTHING);
      throw error;
    });
  }

  /** What is found below, put together with what the memory has by now. */
  function joined(
    key: CacheKey,
    found: readonly StoredResponse[],
    sentAt: number,
  ): Promise<readonly StoredResponse[]> | readonly StoredResponse[] {
    return after(memory.get(key), (held) => {
      const news = found
        .map((stored) => ({ ...stored, sentAt }))
        .filter((stored) => fence.admits(stored) && !held.some((other) => isSettledBy(stored, other)));
      if (news.length === 0) return held;
      for (const stored of news.toReversed()) {
        if (stored.body.size <= TAKEN_UP_TO) void memory.put(stored);
        else leftBelow.add(stored.body);
      }
      const others = held.filter((other) => !news.some((stored) => replaces(stored, other)));
      return [...news.map((stored) => ({ ...stored, readFrom: name })), ...others].sort(moreRecent);
    });
  }

  return {
    get: (key, suffices) =>
      after(memory.get(key), (held) => {
        if (suffices !== undefined && held.length > 0 && suffices(held)) return held;
        const askedAt = fence.now();
        return after(lookBelow(key), (found) => (found.length === 0 ? held : joined(key, found, askedAt)));
      }),
    put(given) {
      // What was read from below and freshened since lies in both from now on.
      const { readFrom: _readFrom, ...stored } = given;
      meanwhile.note((found) => found.key === stored.key && replaces(stored, found));
      void below.put(stored);
      return leftBelow.has(stored.body) ? undefined : memory.put(stored);
    },
    delete: (key) =>
      both(
        (found) => found.key === key,
        (tier) => tier.delete(key),
      ),
    deleteGroup: (group) =>
      both(
        ({ groups }) => groups.includes(group),
        (tier) => tier.deleteGroup(group),
      ),
    clear: () =>
      both(
        () => true,
        (tier) => tier.clear(),
      ),
    purge: (purge) => both(covering(purge.what), (tier) => tier.purge(purge)),
    async keys(range) {
      // One that cannot list has none, and the memory's are all that can be told.
      const [above, under] = await Promise.all([memory.keys(range), below.keys(range)]);
      return [...new Set([...above, ...under])].sort(compareKeys).slice(0, range.limit);
    },
    async look(key) {
      const [above, under] = await Promise.all([memory.look(key), below.look(key)]);
      const others = under.filter(({ stored }) => !above.some((held) => isSettledBy(stored, held.stored)));
      const left = above.filter(({ stored }) => !others.some((other) => replaces(other.stored, stored)));
      const read = others.map((held): Held => ({ ...held, stored: { ...held.stored, readFrom: name } }));
      return [...left, ...read].sort((a, b) => moreRecent(a.stored, b.stored));
    },
    stats: () => memory.stats(),
    async [Symbol.asyncDispose]() {
      await Promise.all([memory[Symbol.asyncDispose](), below[Symbol.asyncDispose]()]);
    },
  };
}

function compareKeys(a: CacheKey, b: CacheKey): number {
  return a < b ? -1 : 1;
}

/** Whether what is found below adds nothing to what the memory has of the same selection. */
function isSettledBy(found: StoredResponse, held: StoredResponse): boolean {
  return replaces(held, found) && moreRecent(held, found) <= 0;
}

const NOTHING: readonly StoredResponse[] = [];
