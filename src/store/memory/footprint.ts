import type { StoredResponse } from "../../caching/stored.ts";
import { SMALL_BODY } from "./packed.ts";
import { textOf } from "./packed-text.ts";

/**
 * What the process grows by for a stored response beyond the bytes one can see, measured by `bun run bench:memory` on Bun 1.4.5: numbers,
 * its places among the keys, in the order of eviction and in the expiry heap, and what is left of its last block.
 */
const PER_ENTRY = 550;
/** The same for each group that it belongs to. */
const PER_GROUP = 220;
/** The same for a body that lies by itself. */
const PER_BODY = 400;
/** The allocator rounds bodies up and leaves gaps between them: an eighth, but for large ones. */
const GAPS_UP_TO = 512 * 1024;

/**
 * How many bytes a stored response counts for: body, fields, key, selecting fields, groups and bookkeeping.
 * @param text all that is text in it but for its groups
 */
export function footprint(stored: StoredResponse, text: string = textOf(stored)): number {
  let bytes = PER_ENTRY + weightOf(stored.body) + text.length;
  for (const group of stored.groups) bytes += PER_GROUP + group.length;
  return bytes;
}

function weightOf({ size }: Blob): number {
  return size <= SMALL_BODY ? size : PER_BODY + size + (Math.min(size, GAPS_UP_TO) >> 3);
}
