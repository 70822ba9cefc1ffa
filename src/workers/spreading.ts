import { cacheKey } from "../caching/key.ts";
import type { Milliseconds } from "../http/date.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Answer, News } from "./message.ts";
import type { Peers } from "./peers.ts";

/** How long the answer to an unsafe request waits for the others. */
const INVALIDATION_PATIENCE: Milliseconds = 100;
/** How long whoever clears or purges waits for them. */
const PURGING_PATIENCE: Milliseconds = 9000;
/** How long what is told may take before it is answered: who does not answer for much longer counts as hung (workers/switchboard.ts). */
const LONGEST_PURGE: Milliseconds = 8000;

/** A store whose invalidations, deletions and clears reach those of others. */
export type Spreading = {
  readonly store: VariedStore;
  /** How often a request went on before it was certain that all others had heard. */
  readonly unconfirmed: () => number;
};

/** Whom to tell while something is let go of here, and whom once it is. */
export type Audience = {
  readonly meanwhile: readonly Peers[];
  readonly after: readonly Peers[];
  /** Whether the tier that several share may still hold what was let go of here. */
  readonly isAway?: (() => boolean) | undefined;
};

/**
 * Whom to tell when. Where there is a tier that several share, they hear of a change once it is made there: else they could take up from it
 * what is about to go. Where that tier itself does not keep out what was asked for before, they hear of it at once as well, so that
 * they put nothing of the kind there.
 * `shared`: the tier that others have too; `fenced` where it remembers what was invalidated when.
 */
export function audience(those: {
  readonly workers: Peers | undefined;
  readonly proxies: Peers | undefined;
  readonly shared: "none" | "fenced" | "unfenced";
  readonly isAway?: (() => boolean) | undefined;
}): Audience {
  const { isAway } = those;
  const workers = those.workers === undefined ? [] : [those.workers];
  const proxies = those.proxies === undefined ? [] : [those.proxies];
  switch (those.shared) {
    case "none":
      return { meanwhile: workers, after: [] };
    case "unfenced":
      return { meanwhile: workers, after: workers, isAway };
    case "fenced":
      return { meanwhile: [], after: [...workers, ...proxies], isAway };
  }
}

/**
 * Lets a store tell those of others what it lets go of. Each knows which keys it has for a URL (No-Vary-Search), so that
 * the URL is told; what lies here alone, such as the former place of a response that moved, is nobody else's matter.
 */
export function spreading(store: VariedStore, { meanwhile, after, isAway }: Audience): Spreading {
  let unconfirmed = 0;

  async function tell(peers: readonly Peers[], news: News, patience: Milliseconds): Promise<readonly number[]> {
    if (peers.length === 0) return [];
    const told = await Promise.all(peers.map((each) => each.tell(news, patience)));
    if (!told.every(({ complete }) => complete)) unconfirmed++;
    return told.flatMap(({ dropped }) => dropped);
  }

  /** Lets go of something here and elsewhere; how many responses went. */
  async function spread(news: News, patience: Milliseconds, letGo: () => Promise<number> | number): Promise<number> {
    // Both are begun before anything is waited for: whatever is asked for from now on is from after that.
    const here = (async () => letGo())();
    const [early] = await Promise.all([tell(meanwhile, news, patience), Promise.allSettled([here])]);
    // They hear of it also where it failed here: they are not to read then what should have gone.
    const late = await tell(after, isAway?.() ? { ...news, below: true } : news, patience);
    const counts = [...early, await here, ...late];
    // What each has for itself adds up; what is in the memories of those who share a tier is the same as lies there.
    return after.length === 0 ? counts.reduce((sum, count) => sum + count, 0) : Math.max(...counts);
  }

  const outspoken: VariedStore = {
    ...store,
    async invalidateAll(url) {
      // The client is told of the change once nobody else can hand out what was before it (RFC 9111 §4.4).
      await spread({ type: "invalidate", url: url.target().href }, INVALIDATION_PATIENCE, async () => {
        await store.invalidateAll(url);
        return 0;
      });
    },
    invalidateGroup: (group) =>
      spread({ type: "invalidate-group", group }, INVALIDATION_PATIENCE, () => store.invalidateGroup(group)),
    async deleteAll(url) {
      const news = { type: "delete", url: url.target().href, key: url.key } as const;
      // Nobody was promised anything: the others may hear of it a moment later.
      void tell(meanwhile, news, INVALIDATION_PATIENCE);
      await store.deleteAll(url);
      void tell(after, news, INVALIDATION_PATIENCE);
    },
    clear: () => spread({ type: "clear" }, PURGING_PATIENCE, () => store.clear()),
    purge: (purge) => spread({ type: "purge", purge }, PURGING_PATIENCE, () => store.purge(purge)),
    purgeAll: (url, how) =>
      spread({ type: "purge-url", url: url.target().href, how }, PURGING_PATIENCE, () => store.purgeAll(url, how)),
  };
  return { store: outspoken, unconfirmed: () => unconfirmed };
}

/**
 * Whether who hears of something is to drop it from below, too: where that could not be done, so that he reads nothing of it either, and
 * where it reaches further by No-Vary-Search rules that this process knows, perhaps alone. Else who told has dropped all there is, and
 * what has come since is to stay.
 */
export function reachesBelow(news: News, { keysOf }: Pick<VariedStore, "keysOf">): boolean {
  const hasRules = (url: string): boolean => {
    const target = new URL(url);
    return keysOf({ target: () => target, key: cacheKey(target) }).length > 1;
  };
  if (news.below) return true;
  switch (news.type) {
    case "invalidate":
    case "delete":
    case "purge-url":
      return hasRules(news.url);
    case "purge":
      return (
        news.purge.what.type === "prefix" && news.purge.what.prefix.endsWith("?") && hasRules(news.purge.what.prefix)
      );
    case "invalidate-group":
    case "clear":
      return false;
  }
}

/**
 * Does what others tell of.
 * @param cache the memory, and with it what lies below where only this process has that
 * @param report told of what failed: the tier owes it then, here too, and who told waits for an answer
 */
export function heeding(
  { near, own }: { readonly near: VariedStore; readonly own: VariedStore },
  report: (error: unknown) => void,
): (news: News) => Promise<Answer> {
  return (news) =>
    heed(reachesBelow(news, near) ? own : near, news).catch((error: unknown) => {
      report(error);
      return { type: "heeded", dropped: 0 };
    });
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
      return { type: "heeded", dropped: await inTime(store.purge(news.purge)) };
    case "purge-url": {
      const url = new URL(news.url);
      const purged = store.purgeAll({ target: () => url, key: cacheKey(url) }, news.how);
      return { type: "heeded", dropped: await inTime(purged) };
    }
  }
}

/** How many went, or none of them where that takes too long to be waited for: for whoever asks for one of them, all are gone at once. */
async function inTime(purged: Promise<number> | number): Promise<number> {
  const late = Promise.withResolvers<number>();
  const timer = setTimeout(() => late.resolve(0), LONGEST_PURGE);
  try {
    return await Promise.race([purged, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
