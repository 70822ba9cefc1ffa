import { parseCacheGroups } from "../http/cache-groups.ts";
import { type CacheKey, originOf } from "./key.ts";

/** By what stored responses are dropped together. Its first word is its kind: no group of one kind is one of another. */
export type Group = `cache-group ${string}`;

/** The groups that a response belongs to: those that its Cache-Groups names (RFC 9875 §2). */
export function groupsOf(key: CacheKey, response: Headers): readonly Group[] {
  const names = parseCacheGroups(response.get("cache-groups"));
  return names.length === 0 ? NONE : names.map((name) => cacheGroup(originOf(key), name));
}

/**
 * A group of RFC 9875 §2.1: of one origin, its name compared character by character.
 * @param origin as `URL.origin` has it, without a space
 */
export function cacheGroup(origin: string, name: string): Group {
  return `cache-group ${origin} ${name}`;
}

const NONE: readonly Group[] = [];
