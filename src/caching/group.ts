import { parseCacheGroups } from "../http/cache-groups.ts";
import { parseCacheTags } from "../http/cache-tags.ts";
import { type CacheKey, originOf, pathKey, queriedUrl, ruleTextOf } from "./key.ts";

/**
 * By what stored responses are dropped together: the key of a URL for responses to QUERY, which lie under other keys, or what its
 * first word says. No group of one kind is one of another.
 */
export type Group = CacheKey | `cache-group ${string}` | `tag ${string}` | `rule ${string}`;

/** The groups that a response belongs to: those that its Cache-Groups names (RFC 9875 §2), its tags, the URL that was queried, its rule. */
export function groupsOf(key: CacheKey, response: Headers): readonly Group[] {
  const url = queriedUrl(key);
  const rule = ruleGroup(key);
  const names = parseCacheGroups(response.get("cache-groups"));
  const tags = parseCacheTags(response);
  if (names.length === 0 && tags.length === 0 && url === undefined && rule === undefined) return NONE;
  const named = names.map((name) => cacheGroup(originOf(key), name));
  // What has a name by Cache-Groups needs no tag of that name: both are purged together, and nothing counts twice.
  const tagged = tags.filter((tag) => !names.includes(tag)).map((tag) => tagGroup(originOf(key), tag));
  return [url, rule, ...named, ...tagged].filter((group) => group !== undefined);
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

/** The responses of one origin that have a tag which is no name of a cache group of theirs. */
function tagGroup(origin: string, tag: string): Group {
  return `tag ${origin} ${tag}`;
}

/** All that a person means by a tag: what has it in any of the fields for it, Cache-Groups among them; no response is in two of these. */
export function groupsByTag(origin: string, tag: string): readonly Group[] {
  return [cacheGroup(origin, tag), tagGroup(origin, tag)];
}

/** What Cloudflare and Fastly take of one response: more tags, or longer ones, make it one that is not stored. */
const MOST_TAGS = 1000;
const LONGEST_TAG = 1024;

/**
 * Whether a response has more tags than are kept of one. It is not stored then: kept without some of its tags, it would stay where
 * somebody purges one of those.
 */
export function isOverTagged(response: Headers): boolean {
  const tags = parseCacheTags(response);
  return tags.length > MOST_TAGS || tags.some((tag) => tag.length > LONGEST_TAG);
}

const NONE: readonly Group[] = [];
