import { formatHttpDate, type Instant, parseHttpDate } from "../http/date.ts";
import { isStrong, listsEntityTag, weakMatch } from "../http/entity-tag.ts";
import { groupsOf } from "./group.ts";
import type { Policy } from "./policy.ts";
import { matches, type Presented } from "./selecting.ts";
import { fieldsNotStored } from "./storable.ts";
import { keptProof, type Reading, type Received, read, type StoredResponse } from "./stored.ts";

/** The request fields that make a request conditional (RFC 9110 §13.1). */
export const CONDITIONAL_FIELDS = [
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
] as const;

const PRECONDITIONS = CONDITIONAL_FIELDS.filter((name) => name !== "if-range");

/** How much is asked of the origin: the whole, or the part that the client asked for. */
export type Extent = "whole" | "as-asked";

/**
 * Turns request fields into those of a validation of the stored response (RFC 9111 §4.3.1): the client's own
 * preconditions give way to the stored validators.
 */
export function setValidators(headers: Headers, stored: StoredResponse, extent: Extent): void {
  withoutConditions(headers, extent);
  const { etag } = stored.reading;
  if (etag !== undefined) headers.set("if-none-match", etag);
  const lastModified = stored.headers.get("last-modified");
  if (lastModified !== null) headers.set("if-modified-since", lastModified);
}

/**
 * Takes a request's preconditions away: what is wanted is a full answer, whatever the client has. If-Range stays with the Range
 * that it belongs to: without it the client would be sent a part of what it does not have (RFC 9110 §13.1.5).
 */
export function withoutConditions(headers: Headers, extent: Extent): void {
  for (const name of PRECONDITIONS) headers.delete(name);
  if (extent === "whole") for (const name of ["range", "if-range"]) headers.delete(name);
}

/**
 * Whether a 304 speaks of the stored response (RFC 9111 §4.3.4): an entity tag that it states must be the stored one. Where none is to be
 * compared that holds for Last-Modified: another address of the origin may have what was there before, and that has not changed since.
 */
export function isAbout(stored: StoredResponse, notModified: Headers): boolean {
  const etag = notModified.get("etag");
  if (etag !== null && stored.reading.etag !== undefined) return weakMatch(etag, stored.reading.etag);
  const [modified, known] = [notModified, stored.headers].map((headers) => headers.get("last-modified"));
  return modified === null || known === null || modified === known;
}

/**
 * Fields that a 304 or a HEAD does not overwrite: those of which the stored bytes, not the new header section, are the measure, and
 * cookies. Of the former RFC 9111 §3.2 names Content-Length; with another Content-Encoding the bytes could not be read any more.
 */
const NOT_UPDATED = ["content-encoding", "content-length", "content-range", "set-cookie"];

/**
 * Freshens a stored response by the header section of a 304, or of a 200 to HEAD that describes the same content
 * (RFC 9111 §3.2, §4.3.4, §4.3.5): its fields replace the stored ones of the same name, and its times count from now on.
 * Whether the result may still be stored is for `storable` to say.
 * @param personal whether the validating request identified its sender
 */
export function freshen(stored: StoredResponse, by: Received, personal: boolean, policy: Policy): StoredResponse {
  const headers = new Headers(stored.headers);
  // What one client was given to identify it is for nobody else, and the 304's is for who validated.
  headers.delete("set-cookie");
  // An Age that the new response does not repeat belonged to the old one's journey.
  headers.delete("age");
  // And a Date that it does not state is when it came (RFC 9110 §6.6.1).
  headers.set("date", formatHttpDate(by.responseTime));
  // What is stored was found the same by weak comparison, or by none: a strong tag that the 304 states may be that of other bytes,
  // as where nginx compresses (RFC 9110 §8.8.3.3).
  const tag = by.headers.get("etag");
  replaceFields(headers, by.headers, tag !== null && isStrong(tag) ? [...NOT_UPDATED, "etag"] : NOT_UPDATED);
  const received: Received = { ...by, status: stored.reading.status, headers };
  const identified = personal || stored.reading.personal || by.headers.has("set-cookie");
  const fresh = read(received, identified, policy);
  const reading: Reading = { ...fresh, ...keptProof(fresh, stored.reading) };
  for (const name of fieldsNotStored(reading.directives)) headers.delete(name);
  return { ...stored, headers, reading, groups: groupsOf(stored.key, headers), sentAt: by.sentAt };
}

/** Puts the fields of a newer response in the place of the stored ones of the same name (RFC 9111 §3.2), but for those named. */
export function replaceFields(headers: Headers, by: Headers, except: readonly string[]): void {
  const replaced = new Set<string>();
  for (const [name, value] of by) {
    if (except.includes(name)) continue;
    if (replaced.has(name)) headers.append(name, value);
    else headers.set(name, value);
    replaced.add(name);
  }
}

/**
 * Whether something that the request selects was asked for later than a validation: somebody has been told of that already.
 * @param variants the responses stored under its key
 * @param sentAt when the validation was sent, in ms on the clock of `StoredResponse.sentAt`
 */
export function isOvertaken(
  { presented, publicOrigin }: { readonly presented: Presented; readonly publicOrigin: string },
  variants: readonly StoredResponse[],
  sentAt: number,
): boolean {
  const later = variants.filter((held) => held.sentAt > sentAt && held.publicOrigin === publicOrigin);
  return later.some(({ selecting }) => matches(selecting, presented));
}

/** What a response to HEAD says of the content of a stored GET (RFC 9111 §4.3.5). */
export type HeadSays =
  /** It is the one that is stored: a validator proves it. */
  | "same"
  /** It is another one by now. */
  | "other"
  /** Nothing that would prove either. */
  | "nothing";

/** Compares what a response to HEAD states with what is stored: all validators, and the length. */
export function headSays(stored: StoredResponse, head: Headers, status: number): HeadSays {
  if (status !== stored.reading.status) return "other";
  const stated = ["etag", "last-modified", "content-length"].filter((name) => head.has(name));
  if (stated.some((name) => head.get(name) !== stored.headers.get(name))) return "other";
  return stated.some((name) => name !== "content-length") ? "same" : "nothing";
}

/** What a request's preconditions make of a response that the cache could send (RFC 9110 §13.2.2, RFC 9111 §4.3.2). */
export type Precondition = "send" | "not-modified";

/**
 * Evaluates If-None-Match, or else If-Modified-Since, against a stored 200 or 206.
 * If-Match and If-Unmodified-Since are for the origin (RFC 9111 §4.3.2) and never reach here.
 */
export function precondition(request: Headers, reading: Reading, now: Instant): Precondition {
  if (reading.status !== 200 && reading.status !== 206) return "send";
  const ifNoneMatch = request.get("if-none-match");
  if (ifNoneMatch !== null) return listsEntityTag(ifNoneMatch, reading.etag) ? "not-modified" : "send";
  const ifModifiedSince = request.get("if-modified-since");
  if (ifModifiedSince === null) return "send";
  const since = parseHttpDate(ifModifiedSince, now);
  // Without Last-Modified the stored response's Date stands in for it (RFC 9111 §4.3.2).
  return since !== undefined && (reading.lastModified ?? reading.date) <= since ? "not-modified" : "send";
}
