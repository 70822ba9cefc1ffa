import { cacheKey } from "../caching/key.ts";
import type { Milliseconds } from "../http/date.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Crew } from "./crew.ts";
import type { Answer, News } from "./message.ts";

/** How long the answer to an unsafe request waits for the other workers. */
const INVALIDATION_PATIENCE: Milliseconds = 100;
/** How long whoever clears or purges waits for them. */
const PURGING_PATIENCE: Milliseconds = 2000;

/** Where what the workers hold lies: each has its own, or what one has may lie in a tier that is everybody's as well. */
export type Holding = "apart" | "shared";

/** A store whose invalidations, deletions and clears reach those of the other workers. */
export type Spreading = {
  readonly store: VariedStore;
  /** How often a request went on before all others had answered. */
  readonly unconfirmed: () => number;
};

/**
 * Lets a worker's store tell those of the others what it lets go of. Each knows which keys it has for a URL (No-Vary-Search), so that
 * the URL is told; what lies here alone, such as the former place of a response that moved, is nobody else's matter.
 * @param holding what is apart adds up; of what is shared no count is lower than what lies there, and what a worker drops is no other response
 * @param onError told once when others begin to be late
 */
export function spreading(
  store: VariedStore,
  crew: Crew,
  holding: Holding,
  onError: (error: unknown) => void,
): Spreading {
  let unconfirmed = 0;
  let late = false;

  async function tell(news: News, patience: Milliseconds): Promise<readonly number[]> {
    const { answers, complete } = await crew.ask(news, patience);
    if (!complete) {
      unconfirmed++;
      if (!late) onError(new Error(`Another worker did not confirm within ${patience} ms what it was to let go of.`));
    }
    late = !complete;
    return answers.map((answer) => (answer.type === "heeded" ? answer.dropped : 0));
  }

  /** Does something here and has it done by the others; how many responses that was about. */
  async function together(own: Promise<number> | number, others: Promise<readonly number[]>): Promise<number> {
    const counts = [await own, ...(await others)];
    return holding === "shared" ? Math.max(...counts) : counts.reduce((sum, count) => sum + count, 0);
  }

  const spread: VariedStore = {
    ...store,
    async invalidateAll(url) {
      // The client is told of the change once no other worker can hand out what was before it (RFC 9111 §4.4).
      const others = tell({ type: "invalidate", url: url.target().href }, INVALIDATION_PATIENCE);
      await Promise.all([store.invalidateAll(url), others]);
    },
    async invalidateGroup(group) {
      const others = tell({ type: "invalidate-group", group }, INVALIDATION_PATIENCE);
      return together(store.invalidateGroup(group), others);
    },
    async deleteAll(url) {
      // Nobody was promised anything: the others may hear of it a moment later.
      void tell({ type: "delete", url: url.target().href, key: url.key }, INVALIDATION_PATIENCE);
      await store.deleteAll(url);
    },
    clear: () => together(store.clear(), tell({ type: "clear" }, PURGING_PATIENCE)),
    purge: (purge) => together(store.purge(purge), tell({ type: "purge", purge }, PURGING_PATIENCE)),
    purgeAll: (url, how) =>
      together(store.purgeAll(url, how), tell({ type: "purge-url", url: url.target().href, how }, PURGING_PATIENCE)),
  };
  return { store: spread, unconfirmed: () => unconfirmed };
}

/** Does to a worker's own store what another one's has told of. */
export async function heed(store: VariedStore, news: News): Promise<Answer> {
  switch (news.type) {
    case "invalidate": {
      const url = new URL(news.url);
      await store.invalidateAll({ target: () => url, key: cacheKey(url) });
      return { type: "heeded", dropped: 0 };
    }
    case "invalidate-group":
      return { type: "heeded", dropped: await store.invalidateGroup(news.group) };
    case "delete":
      await store.deleteAll({ target: () => new URL(news.url), key: news.key });
      return { type: "heeded", dropped: 0 };
    case "clear":
      return { type: "heeded", dropped: await store.clear() };
    case "purge":
      return { type: "heeded", dropped: await store.purge(news.purge) };
    case "purge-url": {
      const url = new URL(news.url);
      return { type: "heeded", dropped: await store.purgeAll({ target: () => url, key: cacheKey(url) }, news.how) };
    }
  }
}
