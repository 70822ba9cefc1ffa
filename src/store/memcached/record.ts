import type { Group } from "../../caching/group.ts";
import { type CacheKey, pathKey, ruleTextOf } from "../../caching/key.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import type { Instant, Milliseconds } from "../../http/date.ts";
import { sealed, unsealed } from "../portable.ts";
import type { Mark } from "./generation.ts";

/** A response as it lies in memcached: all but its body, which lies in pieces by itself. */
export type Variant = {
  /** As store/portable.ts writes it. */
  readonly head: string;
  /** Which process put it, and when that asked for it by its own clock. */
  readonly asker: string;
  readonly sentAt: number;
  /** When nobody wants it any more. */
  readonly until: Instant;
  /** Under which id its pieces lie. */
  readonly body: string;
  /** The generation of everything and those of its groups when it was written. */
  readonly all: string;
  readonly groups: readonly (readonly [group: Group, generation: string])[];
};

/** What lies under a key: the variants, most recently put first, and when it was last invalidated. */
export type KeyRecord = {
  readonly key: CacheKey;
  readonly mark: Mark | undefined;
  readonly variants: readonly Variant[];
};

/** How long a mark is kept: longer than any request is under way. */
export const MARKED: Milliseconds = 15 * 60 * 1000;
/** What fits into one item with its name and what memcached notes down beside it. */
const ROOM = 900_000;

/** The bytes of a record, without the last variants where all of them take too much; undefined where not even the first has room. */
export function writeRecord(record: KeyRecord): Buffer | undefined {
  for (let count = record.variants.length; ; count = Math.floor(count / 2)) {
    const bytes = Buffer.from(sealed(JSON.stringify({ ...record, variants: record.variants.slice(0, count) })));
    if (bytes.length <= ROOM) return bytes;
    if (count <= 1) return undefined;
  }
}

/** @returns a record without anything where there is none, or none of ours */
export function readRecord(bytes: Buffer | undefined, key: CacheKey): KeyRecord {
  const text = unsealed(bytes?.toString() ?? "");
  const empty: KeyRecord = { key, mark: undefined, variants: [] };
  if (text === undefined) return empty;
  const record: KeyRecord = JSON.parse(text);
  // Two keys of one hash would be one another's.
  return record.key === key ? { ...record, mark: record.mark } : empty;
}

/**
 * All that a response goes with: what answers by No-Vary-Search lies under a key that another proxy may not know of, which then
 * invalidates all that may lie under such keys of the path.
 */
export function groupsHere({ key, groups }: StoredResponse): readonly Group[] {
  return ruleTextOf(key) === undefined ? groups : [...groups, pathKey(key)];
}
