import { type Arrival, currentAge, type Lifetime } from "./freshness.ts";
import type { Group } from "./group.ts";
import { type CacheKey, ruleTextOf } from "./key.ts";
import type { Moment } from "./moment.ts";
import type { StoredResponse } from "./stored.ts";
import { urlPattern } from "./url-pattern.ts";

/** Which stored responses a purge is about. */
export type Extent =
  /** All variants under one key. */
  | { readonly type: "key"; readonly key: CacheKey }
  | { readonly type: "group"; readonly group: Group }
  /** Those whose key begins with this text, which begins with an origin. */
  | { readonly type: "prefix"; readonly prefix: string }
  /**
   * Those whose URL matches a pattern: an origin as it is, and behind it a URLPattern (caching/url-pattern.ts).
   * `prefix` is the text with which every URL that matches begins.
   */
  | { readonly type: "pattern"; readonly pattern: string; readonly prefix: string }
  | { readonly type: "everything" };

/** Hard drops; soft marks stale, so that what is stored is validated before it is used again, and can stand in where the origin fails. */
export type Purge = { readonly what: Extent; readonly how: "hard" | "soft" };

/** What `clear` does. */
export const CLEAR: Purge = { what: { type: "everything" }, how: "hard" };

/** Whether a purge is that. */
export function isClear({ what, how }: Purge): boolean {
  return what.type === "everything" && how === "hard";
}

/** What a purge looks at in a stored response. */
export type Purgeable = Pick<StoredResponse, "key" | "groups">;

/**
 * Tells which stored responses an extent is about; a pattern is read once for all of them.
 * @throws TypeError where a pattern is none
 */
export function covering(what: Extent): (one: Purgeable) => boolean {
  switch (what.type) {
    case "key":
      return ({ key }) => key === what.key;
    case "group":
      return ({ groups }) => groups.includes(what.group);
    case "prefix":
      return ({ key }) => key.startsWith(what.prefix);
    case "pattern": {
      const matches = matching(what.pattern);
      return ({ key }) => key.startsWith(what.prefix) && matches(key);
    }
    case "everything":
      return () => true;
  }
}

/**
 * Whether the URL in a key is one that a pattern means. A response that answers for several URLs by its No-Vary-Search is meant
 * wherever its path is: the query in its key is no longer that of all of them.
 */
function matching(pattern: string): (key: CacheKey) => boolean {
  const start = pattern.indexOf("/", pattern.indexOf("://") + 3);
  const origin = pattern.slice(0, start);
  const { matches, matchesPath } = urlPattern(pattern.slice(start));
  return (key) => {
    if (!key.startsWith(origin)) return false;
    const [asked = ""] = key.slice(start).split(/[ #]/, 1);
    return ruleTextOf(key) === undefined ? matches(asked) : matchesPath(asked);
  };
}

/** A stored response as a soft purge leaves it: stale from now on, by as much as it is older than now. */
export function softened(stored: StoredResponse, now: Moment): StoredResponse {
  return { ...stored, reading: { ...stored.reading, lifetime: endedLifetime(stored.reading, now) } };
}

/** A lifetime that ends now, unless it has ended before. */
export function endedLifetime(of: Arrival & { readonly lifetime: Lifetime }, now: Moment): Lifetime {
  return { ms: Math.min(of.lifetime.ms, currentAge(of, now)), source: "purged" };
}
