import { currentAge } from "./freshness.ts";
import type { Group } from "./group.ts";
import type { CacheKey } from "./key.ts";
import type { Moment } from "./moment.ts";
import type { StoredResponse } from "./stored.ts";

/** Which stored responses a purge is about. */
export type Extent =
  /** All variants under one key. */
  | { readonly type: "key"; readonly key: CacheKey }
  | { readonly type: "group"; readonly group: Group }
  /** Those whose key begins with this text, which begins with an origin. */
  | { readonly type: "prefix"; readonly prefix: string }
  /**
   * Those whose URL matches a URLPattern without regular expressions of its own, which could hang.
   * `prefix` is the text with which every URL that matches begins.
   */
  | { readonly type: "pattern"; readonly pattern: string; readonly prefix: string }
  | { readonly type: "everything" };

/** Hard drops; soft marks stale, so that what is stored is validated before it is used again, and can stand in where the origin fails. */
export type Purge = { readonly what: Extent; readonly how: "hard" | "soft" };

/** A stored response as a soft purge leaves it: stale from now on, by as much as it is older than now. */
export function softened(stored: StoredResponse, now: Moment): StoredResponse {
  const { reading } = stored;
  const ms = Math.min(reading.lifetime.ms, currentAge(reading, now));
  return { ...stored, reading: { ...reading, lifetime: { ms, source: "purged" } } };
}
