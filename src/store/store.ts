import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Inventory } from "./inventory.ts";

/** What a store keeps count of. */
export type StoreStats = {
  /** Stored responses; several variants under one key count each. */
  readonly entries: number;
  /** Bytes held: bodies, fields, keys and bookkeeping. */
  readonly bytes: number;
  readonly maxBytes: number;
  /** What of the rest of the bound is in use to answer what was asked for lately sooner; given up as soon as something is to be stored there. */
  readonly readyBytes?: number;
  /** Responses dropped to keep within the bound: those still of use, and those expired. */
  readonly evictions: number;
  readonly expired: number;
};

/** Whether what was found so far answers what is asked, so that nobody looks further down for something better. */
export type Suffices = (variants: readonly StoredResponse[]) => boolean;

/** Keeps stored responses by key. Each tier passes the suite in tests/store/contract.ts. */
export interface Store extends Inventory, AsyncDisposable {
  /**
   * The responses stored under a key, most recently put first; none where there are none.
   * @param suffices asked by a store of several tiers before it looks into the next one; without it all are looked into
   */
  get(key: CacheKey, suffices?: Suffices): Promise<readonly StoredResponse[]> | readonly StoredResponse[];
  /** Keeps a response; one with the same method and selecting header fields under the same key gives way, unless this one comes too late for that. */
  put(stored: StoredResponse): Promise<void> | void;
  /** Drops everything under a key; how many responses went. */
  delete(key: CacheKey): Promise<number> | number;
  /** Drops everything that belongs to a group; how many responses went. */
  deleteGroup(group: Group): Promise<number> | number;
  /** Drops everything; how many responses went. */
  clear(): Promise<number> | number;
  stats(): Promise<StoreStats> | StoreStats;
}
