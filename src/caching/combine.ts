import { type ContentRange, formatContentRange } from "../http/content-range.ts";
import { type RangeSpec, span, touches } from "../http/range.ts";
import type { Policy } from "./policy.ts";
import { sameSelection } from "./selecting.ts";
import { fieldsNotStored } from "./storable.ts";
import { completeLength, keptProof, type Received, read, type StoredResponse } from "./stored.ts";
import { replaceFields } from "./validation.ts";

/**
 * Joins a part that came with what is stored of the same representation, where the two overlap or touch and share a strong validator
 * (RFC 9111 §3.4, RFC 9110 §15.3.7.3). What is whole by then is a 200.
 * @returns undefined where the two don't go together, or what they make would be too large to be stored
 */
export function combine(older: StoredResponse, newer: StoredResponse, policy: Policy): StoredResponse | undefined {
  const [held, came] = [extent(older), extent(newer)];
  if (held === undefined || came === undefined || !areOfOne(older, newer)) return undefined;
  if (held.complete !== came.complete || !touches(held, came)) return undefined;
  const joined = span(held, came);
  const size = joined.last - joined.first + 1;
  if (size > policy.maxEntrySize) return undefined;
  if (size < held.complete && older.body.size > Math.max(PAYS_UP_TO, MOST_UNLIKE * newer.body.size)) return undefined;
  const before = older.body.slice(0, Math.max(0, came.first - held.first));
  const behind = older.body.slice(Math.max(0, came.last + 1 - held.first));
  return joinedOf(older, newer, new Blob([before, newer.body, behind]), { ...joined, complete: held.complete }, policy);
}

/** A part that is all there is of its representation, as the 200 that it amounts to (RFC 9110 §15.3.7.3); any other as it is. */
export function wholeIfAll(part: StoredResponse, policy: Policy): StoredResponse {
  const held = extent(part);
  if (part.reading.status !== 206 || held === undefined || part.body.size !== held.complete) return part;
  return joinedOf(part, part, part.body, held, policy);
}

/** Whether a part holds more bytes than it says, so that nothing of where they belong can be believed. */
export function isOverfull({ reading: { contentRange }, body }: StoredResponse): boolean {
  return contentRange !== undefined && body.size > contentRange.last - contentRange.first + 1;
}

/** Whether the two are of the same representation beyond doubt, and selected by the same requests. */
function areOfOne(a: StoredResponse, b: StoredResponse): boolean {
  const { strongValidator } = a.reading;
  if (strongValidator === undefined || strongValidator !== b.reading.strongValidator) return false;
  return a.publicOrigin === b.publicOrigin && sameSelection(a.selecting, b.selecting);
}

/** Which bytes a stored response holds; undefined where it is no 200 and no 206, or holds another number of bytes than it says. */
function extent({ method, reading, body }: StoredResponse): ContentRange | undefined {
  const { contentRange, status } = reading;
  if (method !== "GET") return undefined;
  if (contentRange !== undefined) return isConsistent(contentRange, body) ? contentRange : undefined;
  return status === 200 && body.size > 0 ? { first: 0, last: body.size - 1, complete: body.size } : undefined;
}

function isConsistent({ first, last }: ContentRange, body: Blob): boolean {
  return body.size === last - first + 1;
}

function joinedOf(
  older: StoredResponse,
  newer: StoredResponse,
  body: Blob,
  range: ContentRange,
  policy: Policy,
): StoredResponse {
  const headers = new Headers(older.headers);
  // As with a 304: they belonged to the older response alone.
  for (const name of ["age", "set-cookie"]) headers.delete(name);
  replaceFields(headers, newer.headers, ["content-range"]);
  headers.set("content-length", String(body.size));
  const isWhole = body.size === range.complete;
  if (isWhole) {
    headers.delete("content-range");
    // Which a 206 need not say, since it shows it.
    if (!headers.has("accept-ranges")) headers.set("accept-ranges", "bytes");
  } else headers.set("content-range", formatContentRange(range, range.complete));
  const { requestTime, responseTime, arrivedAt } = newer.reading;
  const status = isWhole ? 200 : 206;
  const received: Received = { status, headers, requestTime, responseTime, arrivedAt, sentAt: newer.sentAt };
  const fresh = read(received, older.reading.personal || newer.reading.personal, policy);
  const reading = { ...fresh, ...keptProof(fresh, newer.reading) };
  for (const name of fieldsNotStored(reading.directives)) headers.delete(name);
  const groups = [...new Set([...older.groups, ...newer.groups])];
  return { ...newer, headers, body, reading, groups };
}

/** A whole of more bytes than this is neither fetched nor read for the sake of a part of it. */
export const PAYS_UP_TO = 1024 * 1024;

/** How many times what came a large part may measure to be copied for it: else many small ones would copy it again and again. */
const MOST_UNLIKE = 16;

/** Whether it pays to fetch the whole of a representation of which a part is asked for, as far as what is stored tells. */
export function wholePays(stored: StoredResponse, { maxEntrySize }: Policy): boolean {
  return (completeLength(stored) ?? Number.POSITIVE_INFINITY) <= Math.min(PAYS_UP_TO, maxEntrySize);
}

/** What a stored part lacks; undefined where that is not one run of bytes, or more than it pays to fetch. */
export function missingRange(part: StoredResponse, policy: Policy): RangeSpec | undefined {
  const held = extent(part);
  if (held === undefined || !wholePays(part, policy)) return undefined;
  const { first, last, complete } = held;
  if (first === 0) return last < complete - 1 ? { type: "from", first: last + 1, last: undefined } : undefined;
  return last === complete - 1 ? { type: "from", first: 0, last: first - 1 } : undefined;
}
