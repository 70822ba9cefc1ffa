import { type Instant, type Milliseconds, parseHttpDate } from "../http/date.ts";

/** How an origin's clock goes beside ours; positive where it is ahead. */
export type ClockSkew =
  | { readonly type: "unstated" }
  | { readonly type: "agrees" }
  | { readonly type: "differs"; readonly by: Milliseconds };

/** Less than this has no say in what is cached, where lifetimes are counted in seconds. */
const TOLERATED: Milliseconds = 5000;
/** A Date has whole seconds (RFC 9110 §5.6.7). */
const RESOLUTION: Milliseconds = 1000;

/**
 * Compares the Date of an answer with when it was asked for and came: it was made in between.
 * @param date as the field has it
 */
export function clockSkew(date: string | null, asked: Instant, came: Instant): ClockSkew {
  const made = date === null ? undefined : parseHttpDate(date, came);
  if (made === undefined) return { type: "unstated" };
  const by = made > came ? made - came : made + RESOLUTION < asked ? made + RESOLUTION - asked : 0;
  return Math.abs(by) <= TOLERATED ? { type: "agrees" } : { type: "differs", by };
}
