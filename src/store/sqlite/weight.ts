import type { StoredResponse } from "../../caching/stored.ts";

/** Bodies of up to this many bytes lie in their rows. */
export const INLINE_UP_TO = 64 * 1024;

const PAGE = 4096;
/** What a row takes beside what one can see: its places in the tables and indexes. */
const PER_ENTRY = 260;
const PER_GROUP = 60;

/** How many bytes of the disk a stored response counts for. */
export function weightOf({ key, groups, body }: Pick<StoredResponse, "key" | "groups" | "body">, head: string): number {
  const isInline = body.size <= INLINE_UP_TO;
  const row = head.length + (isInline ? body.size : 0);
  const file = isInline ? 0 : Math.ceil(body.size / PAGE) * PAGE;
  const inGroups = groups.reduce((sum, group) => sum + PER_GROUP + group.length, 0);
  // What does not fit into a page with others takes whole pages of its own.
  const inPages = row > PAGE / 4 ? Math.ceil(row / PAGE) * PAGE : row;
  // The key lies in the row and in an index.
  return PER_ENTRY + 2 * key.length + inPages + file + inGroups;
}
