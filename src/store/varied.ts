import { ruleGroup } from "../caching/group.ts";
import {
  type CacheKey,
  cacheKey,
  type Keyed,
  pathKey,
  queriedUrl,
  responseKey,
  ruleTextOf,
  sharedKey,
} from "../caching/key.ts";
import { type Extent, isClear, type Purge } from "../caching/purge.ts";
import { moreRecent, type StoredResponse } from "../caching/stored.ts";
import type { Asked } from "./fence.ts";
import type { FencedStore } from "./fenced.ts";
import type { KnownRules } from "./known-rules.ts";
import type { Suffices } from "./store.ts";

/** A store in which a URL's answer may also lie under keys that it shares with others (No-Vary-Search). */
export interface VariedStore extends FencedStore {
  /** What may answer for a URL, the most recent first; `suffices` as in `Store.get`. */
  find(url: Keyed, suffices?: Suffices): Promise<readonly StoredResponse[]> | readonly StoredResponse[];
  /** The keys under which that may lie. */
  keysOf(url: Keyed): readonly CacheKey[];
  /** The key under which the response for a URL belongs, by the No-Vary-Search in its fields, which is remembered. */
  keyFor(url: Keyed, response: Headers): CacheKey;
  /** Drops whatever may answer for a URL. */
  deleteAll(url: Keyed): Promise<void>;
  /** Purges whatever may answer for a URL, and what QUERYs of it brought; how many responses that were. */
  purgeAll(url: Keyed, how: Purge["how"]): Promise<number>;
  /** The same, and keeps out what comes for it of requests that were sent before. */
  invalidateAll(url: Keyed): Promise<void>;
}

/**
 * Remembers by which No-Vary-Search rules responses are stored, and looks for answers under the keys that they make
 * (draft-ietf-httpbis-no-vary-search §7). As long as there are none, it looks where it always did.
 * @param rules those that are known; several views of one store share them
 */
export function varied(store: FencedStore, rules: KnownRules): VariedStore {
  function keysOf({ target, key }: Keyed): readonly CacheKey[] {
    // What was brought for a URL answers no QUERY of it.
    if (queriedUrl(key) !== undefined) return [key];
    return [key, ...rules.of(key).map((rule) => sharedKey(target(), rule))];
  }

  async function join(keys: readonly CacheKey[]): Promise<readonly StoredResponse[]> {
    const found = await Promise.all(keys.map((key) => store.get(key)));
    const [one = NONE, ...more] = found.filter((variants) => variants.length > 0);
    return more.length === 0 ? one : [one, ...more].flat().sort(moreRecent);
  }

  function admits(response: Asked): boolean {
    const { key, sentAt } = response;
    if (!store.admits(response)) return false;
    if (ruleTextOf(key) === undefined) return true;
    // It may answer for a URL that was invalidated before anyone knew of the rule.
    const since = rules.since(key);
    return (since !== undefined && since < sentAt) || store.admits({ key: pathKey(key), groups: [], sentAt });
  }

  /** What rules have brought of the path whose query a prefix goes into. */
  function sharedBelow(prefix: string): readonly Extent[] {
    const end = prefix.indexOf("?");
    if (end < 0) return [];
    const path = new URL(prefix.slice(0, end));
    const key = cacheKey(path);
    const groups = rules.of(key).map((rule) => ruleGroup(sharedKey(path, rule)));
    // What is under way may bring a rule that nobody knows yet.
    const known = groups.filter((group) => group !== undefined).map((group) => ({ type: "group", group }) as const);
    return [{ type: "key", key: pathKey(key) }, ...known];
  }

  /** All at once, but each counts what those before it left. */
  async function purgeEach(extents: readonly Extent[], how: Purge["how"]): Promise<number> {
    const counts = await Promise.all(extents.map((what) => store.purge({ what, how })));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  return {
    ...store,
    find(url, suffices) {
      if (rules.isEmpty) return store.get(url.key, suffices);
      const keys = keysOf(url);
      return keys.length === 1 ? store.get(url.key, suffices) : join(keys);
    },
    keysOf,
    admits,
    put: (stored) => (admits(stored) ? store.put(stored) : undefined),
    keyFor(url, response) {
      const key = responseKey(url, response);
      const group = ruleGroup(key);
      // What it brought before it was forgotten could not be found by who invalidated it meanwhile.
      if (group !== undefined && rules.learn(key, store.now()) === "new") void store.deleteGroup(group);
      return key;
    },
    async deleteAll(url) {
      for (const key of keysOf(url)) await store.delete(key);
    },
    async invalidateAll(url) {
      // All at once: whatever is asked for from now on is from after that. What is under way may bring a rule that nobody knows yet.
      await Promise.all([...keysOf(url), pathKey(url.key)].map((key) => store.invalidate(key)));
    },
    async purgeAll(url, how) {
      const keys = [...keysOf(url), pathKey(url.key)];
      return purgeEach([...keys.map((key): Extent => ({ type: "key", key })), { type: "group", group: url.key }], how);
    },
    async purge(purge) {
      if (isClear(purge)) rules.clear();
      const { what, how } = purge;
      // What answers for several URLs by a rule may have another query in its key than those that are meant.
      return what.type === "prefix" ? purgeEach([what, ...sharedBelow(what.prefix)], how) : store.purge(purge);
    },
    clear() {
      rules.clear();
      return store.clear();
    },
  };
}

const NONE: readonly StoredResponse[] = [];
