import { parseCacheGroups } from "../http/cache-groups.ts";
import { type CacheKey, originOf, queriedUrl } from "./key.ts";

/**
 * By what stored responses are dropped together: the key of a URL for responses to QUERY, which lie under other keys, or what its
 * first word says. No group of one kind is one of another.
 */
export type Group = CacheKey | `cache-group ${string}`;

/** The groups that a response belongs to: those that its Cache-Groups names (RFC 9875 §2), and the URL that was queried. */
export function groupsOf(key: CacheKey, response: Headers): readonly Group[] {
  const url = queriedUrl(key);
  const names = parseCacheGroups(response.get("cache-groups"));
  if (names.length === 0 && url === undefined) return NONE;
  const named = names.map((name) => cacheGroup(originOf(key), name));
  return url === undefined ? named : [url, ...named];
}

/**
 * A group of RFC 9875 §2.1: of one origin, its name compared character by character.
 * @param origin as `URL.origin` has it, without a space
 */
export function cacheGroup(origin: string, name: string): Group {
  return `cache-group ${origin} ${name}`;
}

const NONE: readonly Group[] = [];
