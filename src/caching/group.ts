import { parseCacheGroups } from "../http/cache-groups.ts";
import { type CacheKey, originOf, pathKey, queriedUrl, ruleTextOf } from "./key.ts";

/**
 * By what stored responses are dropped together: the key of a URL for responses to QUERY, which lie under other keys, or what its
 * first word says. No group of one kind is one of another.
 */
export type Group = CacheKey | `cache-group ${string}` | `rule ${string}`;

/** The groups that a response belongs to: those that its Cache-Groups names (RFC 9875 §2), the URL that was queried, its rule. */
export function groupsOf(key: CacheKey, response: Headers): readonly Group[] {
  const url = queriedUrl(key);
  const rule = ruleGroup(key);
  const names = parseCacheGroups(response.get("cache-groups"));
  if (names.length === 0 && url === undefined && rule === undefined) return NONE;
  const named = names.map((name) => cacheGroup(originOf(key), name));
  return [url, rule, ...named].filter((group) => group !== undefined);
}

/** The group of all that one No-Vary-Search rule has brought of one path; undefined for a key that is a URL's own. */
export function ruleGroup(key: CacheKey): Group | undefined {
  const text = ruleTextOf(key);
  return text === undefined ? undefined : `rule ${pathKey(key)}${text}`;
}

/**
 * A group of RFC 9875 §2.1: of one origin, its name compared character by character.
 * @param origin as `URL.origin` has it, without a space
 */
export function cacheGroup(origin: string, name: string): Group {
  return `cache-group ${origin} ${name}`;
}

const NONE: readonly Group[] = [];
