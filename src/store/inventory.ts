import type { CacheKey } from "../caching/key.ts";
import type { Purge } from "../caching/purge.ts";
import type { StoredResponse } from "../caching/stored.ts";

/** A page of keys: those that begin with `prefix`, in the order of their UTF-16 code units, at most `limit` of those behind `after`. */
export type KeyRange = { readonly prefix: string; readonly after: CacheKey | undefined; readonly limit: number };

/** A stored response with what a store knows of it besides. */
export type Held = {
  readonly stored: StoredResponse;
  /** What it takes, with key, fields and bookkeeping. */
  readonly bytes: number;
  /** How often it was found since it was put; undefined where nobody counts. */
  readonly hits: number | undefined;
};

/** What a store can be asked about all that it holds. Looking counts as no use. */
export interface Inventory {
  /** Drops or marks stale what a purge is about; how many responses that were. */
  purge(purge: Purge): Promise<number> | number;
  keys(range: KeyRange): Promise<readonly CacheKey[]> | readonly CacheKey[];
  /** What lies under a key, most recently put first. */
  look(key: CacheKey): Promise<readonly Held[]> | readonly Held[];
}
