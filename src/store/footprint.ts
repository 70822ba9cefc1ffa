import type { StoredResponse } from "../caching/stored.ts";

/**
 * What the process grows by for a stored response beyond the bytes one can see, measured by `bun run bench:memory`
 * on Bun 1.4.5: the objects that hold it, its place in the map, in the order of eviction and in the expiry heap.
 */
const PER_ENTRY = 1700;
/** The same for each header field. */
const PER_FIELD = 100;
/** The same for each group that it belongs to. */
const PER_GROUP = 300;
/** The allocator rounds bodies up and leaves gaps between them: an eighth, but for large ones. */
const GAPS_UP_TO = 512 * 1024;

/** How many bytes a stored response counts for: body, fields, key, selecting fields, groups and bookkeeping. */
export function footprint(stored: StoredResponse): number {
  const { size } = stored.body;
  let bytes = PER_ENTRY + size + (Math.min(size, GAPS_UP_TO) >> 3) + stored.key.length;
  for (const [name, value] of stored.headers) bytes += PER_FIELD + name.length + value.length;
  for (const [name, value] of stored.selecting) bytes += PER_FIELD + name.length + (value?.length ?? 0);
  for (const group of stored.groups) bytes += PER_GROUP + group.length;
  return bytes;
}
