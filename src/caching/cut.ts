import { type Instant, parseHttpDate } from "../http/date.ts";
import { strongMatch } from "../http/entity-tag.ts";
import { type ByteRange, parseRange, type RangeSpec, resolveRange } from "../http/range.ts";
import type { StoredResponse } from "./stored.ts";

/** A part of a representation that a request asks for. */
export type RangeAsked = { readonly specs: readonly RangeSpec[]; readonly ifRange: string | null };

/** What a cut is made of. */
export type Cuttable = Pick<StoredResponse, "reading" | "body">;

/** What of a stored response answers a request (RFC 9110 §14.2, RFC 9111 §3.3). Positions are those in the representation. */
export type Cut =
  | { readonly type: "whole" }
  /** The stored body holds the range from `offset` on. */
  | ({ readonly type: "single"; readonly offset: number; readonly complete: number } & ByteRange)
  | { readonly type: "several"; readonly ranges: readonly ByteRange[] }
  | { readonly type: "unsatisfiable"; readonly complete: number }
  /** A part is stored, and more is asked for than it holds. */
  | { readonly type: "lacking" };

/**
 * Reads what part a request asks for; undefined where it wants the whole.
 * Range means something for GET (RFC 9110 §14.2) and QUERY (RFC 10008 §2.8) alone.
 */
export function rangeAsked(method: string, headers: Headers): RangeAsked | undefined {
  const range = headers.get("range");
  if (range === null || (method !== "GET" && method !== "QUERY")) return undefined;
  const specs = parseRange(range);
  return specs === undefined ? undefined : { specs, ifRange: headers.get("if-range") };
}

/** Finds what of a stored response is asked for, and whether it is there. */
export function cut(asked: RangeAsked | undefined, stored: Cuttable, now: Instant): Cut {
  const { contentRange, status } = stored.reading;
  const wanted = asked === undefined || !isCurrent(asked.ifRange, stored, now) ? undefined : asked.specs;
  if (contentRange !== undefined) return cutOfPart(wanted, stored.body.size, contentRange);
  if (wanted === undefined || status !== 200) return WHOLE;
  const complete = stored.body.size;
  const range = resolveRange(wanted, complete);
  switch (range.type) {
    case "single":
      return { ...range, offset: range.first, complete };
    case "unsatisfiable":
      return { type: "unsatisfiable", complete };
    default:
      return range;
  }
}

/**
 * One range of a stored part, which may hold less than it says. A range is found from the part's first byte and ends where that does,
 * as a 206 describes itself (RFC 9110 §15.3.7); a suffix is found from its last byte.
 */
function cutOfPart(
  wanted: readonly RangeSpec[] | undefined,
  size: number,
  part: ByteRange & { readonly complete: number },
): Cut {
  const [spec, ...others] = wanted ?? [];
  if (spec === undefined || others.length > 0) return LACKING;
  const { complete } = part;
  if (spec.type === "suffix") {
    if (part.last !== complete - 1 || spec.length === 0 || spec.length > size) return LACKING;
    return {
      type: "single",
      first: complete - spec.length,
      last: complete - 1,
      offset: size - spec.length,
      complete,
    };
  }
  const end = Math.min(spec.last ?? complete - 1, complete - 1);
  const last = Math.min(end, part.first + size - 1);
  if (spec.first < part.first || spec.first > last || end > part.last) return LACKING;
  return { type: "single", first: spec.first, last, offset: spec.first - part.first, complete };
}

/** If-Range holds by strong comparison, or by a date that is exactly the stored one's and strong (RFC 9110 §13.1.5). */
function isCurrent(ifRange: string | null, { reading }: Cuttable, now: Instant): boolean {
  if (ifRange === null) return true;
  if (ifRange.includes('"')) return reading.etag !== undefined && strongMatch(ifRange, reading.etag);
  return reading.lastModifiedIsStrong && parseHttpDate(ifRange, now) === reading.lastModified;
}

const WHOLE: Cut = { type: "whole" };
const LACKING: Cut = { type: "lacking" };
