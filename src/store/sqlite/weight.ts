import type { StoredResponse } from "../../caching/stored.ts";

/** Bodies of up to this many bytes lie in their rows. */
export const INLINE_UP_TO = 64 * 1024;

const PAGE = 4096;
/** What of a row lies in a page with others at most, and at least where the rest of it fills pages of its own (sqlite.org/fileformat2.html). */
const MOST_LOCAL = 4061;
const LEAST_LOCAL = 489;
const OF_OVERFLOW_PAGE = 4092;
/** What a row takes besides in a page, and all that belongs to it in other tables and indexes, as measured. */
const PER_ROW = 12;
const PER_ENTRY = 250;
const PER_GROUP = 60;

/** How many bytes of the disk a stored response counts for: within some percent of what the file grows by. */
export function weightOf({ key, groups, body }: Pick<StoredResponse, "key" | "groups" | "body">, head: string): number {
  const isInline = body.size <= INLINE_UP_TO;
  const row = inPages(head.length + (isInline ? body.size : 0));
  const file = isInline ? 0 : Math.ceil(body.size / PAGE) * PAGE;
  const inGroups = groups.reduce((sum, group) => sum + PER_GROUP + 2 * group.length, 0);
  // The key lies in the row and in an index.
  return Math.ceil(PER_ENTRY + 2 * key.length + row + file + inGroups);
}

/** What a row of so many bytes takes: its part of a page that it shares with others of its size, and pages of its own. */
function inPages(size: number): number {
  if (size <= MOST_LOCAL) return partOfPage(size);
  const rest = LEAST_LOCAL + ((size - LEAST_LOCAL) % OF_OVERFLOW_PAGE);
  const local = rest > MOST_LOCAL ? LEAST_LOCAL : rest;
  return partOfPage(local) + Math.ceil((size - local) / OF_OVERFLOW_PAGE) * PAGE;
}

function partOfPage(size: number): number {
  return PAGE / Math.max(1, Math.floor(PAGE / (size + PER_ROW)));
}
