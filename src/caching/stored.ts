import { parseAge } from "../http/age.ts";
import { parseDirectives, parseResponseDirectives, type ResponseDirectives } from "../http/cache-control.ts";
import { type ContentRange, parseContentRange } from "../http/content-range.ts";
import { type Instant, type Milliseconds, parseHttpDate } from "../http/date.ts";
import { isStrong, weakMatch } from "../http/entity-tag.ts";
import type { CacheableMethod } from "../http/method.ts";
import { rememberedWith } from "../http/remembered.ts";
import { parseTargetedDirectives } from "../http/targeted-cache-control.ts";
import { type Arrival, initialAge, type Lifetime, lifetime, type Statement } from "./freshness.ts";
import type { Group } from "./group.ts";
import type { CacheKey } from "./key.ts";
import { languageOf } from "./language.ts";
import type { Policy } from "./policy.ts";
import { type Selecting, sameSelection } from "./selecting.ts";

/** What a response's header section says to a cache, parsed once when it arrives; nothing is parsed again on a hit. */
export type Reading = Statement &
  Arrival & {
    readonly requestTime: Instant;
    readonly etag: string | undefined;
    /** What proves that two responses carry the same bytes (RFC 9110 §8.8.1): a strong ETag, or a Last-Modified that is as good. */
    readonly strongValidator: string | undefined;
    /** RFC 9110 §8.8.2.2: Last-Modified lies a second or more before the Date that the origin stated with these bytes. */
    readonly lastModifiedIsStrong: boolean;
    /** Which part of the representation a 206 carries; undefined where it does not say, and for every other status. */
    readonly contentRange: ContentRange | undefined;
    /** Of its content, where it is one (caching/language.ts). */
    readonly language: string | undefined;
    readonly lifetime: Lifetime;
  };

/** A header section with the times between which it came. */
export type Received = {
  readonly status: number;
  /** Without hop-by-hop fields. */
  readonly headers: Headers;
  /** When the request was sent. */
  readonly requestTime: Instant;
  /** When the header section arrived. */
  readonly responseTime: Instant;
  /** Both times in ms on a clock that never steps. */
  readonly sentAt: Milliseconds;
  readonly arrivedAt: Milliseconds;
};

/** A response as it lies in a store: complete, immutable, with all that a decision needs already read. */
export type StoredResponse = {
  readonly key: CacheKey;
  /** HEAD: a header section that answers HEAD alone. */
  readonly method: CacheableMethod;
  /** Never changed in place. */
  readonly headers: Headers;
  /** Shared by all who are served it, never copied. */
  readonly body: Blob;
  /** The scheme and authority by which the client asked, which the origin was told: other names are other requests. */
  readonly publicOrigin: string;
  readonly selecting: Selecting;
  readonly reading: Reading;
  /** By what it is dropped together with others, each once. */
  readonly groups: readonly Group[];
  /** When its request (or its last validation) was sent, in ms on a clock that never steps: what was invalidated later it must not bring back. */
  readonly sentAt: number;
  /** The tier below the memory from which it was just read; never stored. Absent where it lay in the memory. */
  readonly readFrom?: string;
};

/**
 * Reads a header section for the cache (RFC 9111 §4.2).
 * @param personal whether the request identified its sender (caching/personal.ts)
 */
export function read(received: Received, personal: boolean, policy: Policy): Reading {
  const { status, headers, requestTime, responseTime } = received;
  const dateField = headers.get("date");
  const date = (dateField === null ? undefined : parseHttpDate(dateField, responseTime)) ?? responseTime;
  const lastModifiedField = headers.get("last-modified");
  const isShared = policy.kind !== "private";
  // CDN-Cache-Control, where it is valid, stands in for Cache-Control and Expires altogether (RFC 9213 §2.2, §3.1).
  const targeted = isShared ? parseTargetedDirectives(headers.get("cdn-cache-control")) : undefined;
  const said = targeted ?? parseResponseDirectives(headers.get("cache-control"));
  const statement: Statement = {
    status,
    directives: isShared ? said : toPrivateCaches(said),
    expires: targeted ? undefined : expiresOf(headers.get("expires"), responseTime),
    date,
    lastModified: lastModifiedField === null ? undefined : parseHttpDate(lastModifiedField, responseTime),
    personal: personal || headers.has("set-cookie") || (!isShared && said.private === true),
    fleeting: isFleeting(headers),
  };
  return {
    ...statement,
    initialAge: initialAge(parseAge(headers.get("age")), date, requestTime, responseTime),
    requestTime,
    responseTime,
    arrivedAt: received.arrivedAt,
    etag: headers.get("etag") ?? undefined,
    ...proofOf(headers, statement),
    contentRange: status === 206 ? parseContentRange(headers.get("content-range")) : undefined,
    language: languageOf(headers.get("content-language")),
    lifetime: lifetime(statement, policy),
  };
}

/** What directives say to a cache of one user: `private` allows it everything (RFC 9111 §5.2.2.7), the others are for shared ones (§5.2.2.8, §5.2.2.10). */
const toPrivateCaches = rememberedWith(
  (said: ResponseDirectives): ResponseDirectives => ({
    ...said,
    private: false,
    proxyRevalidate: false,
    sMaxage: undefined,
  }),
);

/** Pragma says nothing in a response (RFC 9111 §5.4); who writes it there all the same does not want it kept. */
function isFleeting(headers: Headers): boolean {
  const isEventStream = headers.get("content-type")?.toLowerCase().startsWith("text/event-stream") ?? false;
  const pragma = headers.get("pragma");
  return isEventStream || (pragma !== null && parseDirectives(pragma).has("no-cache"));
}

function expiresOf(field: string | null, now: Instant): Instant | "invalid" | undefined {
  return field === null ? undefined : (parseHttpDate(field, now) ?? "invalid");
}

/** What a response proves of its bytes. */
type Proof = Pick<Reading, "lastModified" | "strongValidator" | "lastModifiedIsStrong">;

function proofOf(headers: Headers, { date, lastModified }: Statement): Proof {
  const lastModifiedIsStrong = lastModified !== undefined && headers.has("date") && date - lastModified >= 1000;
  const etag = headers.get("etag");
  if (etag !== null) return { lastModified, strongValidator: isStrong(etag) ? etag : undefined, lastModifiedIsStrong };
  const strongValidator = lastModifiedIsStrong ? (headers.get("last-modified") ?? undefined) : undefined;
  return { lastModified, strongValidator, lastModifiedIsStrong };
}

/**
 * What remains of the proof where fields were brought up to date and the bytes are the same as before: a later Date makes no
 * validator stronger than it was when they came.
 */
export function keptProof(fresh: Proof, before: Proof): Proof {
  const { strongValidator, lastModified } = fresh;
  return {
    lastModified,
    strongValidator: strongValidator === before.strongValidator ? strongValidator : undefined,
    lastModifiedIsStrong: before.lastModifiedIsStrong && lastModified === before.lastModified,
  };
}

/** What two stored responses are compared by: of the body its size is enough. */
export type Outline = Omit<StoredResponse, "headers" | "body"> & { readonly body: Pick<Blob, "size"> };

/** Whether a response takes the place of an older one under the same key: it answers whatever that one answers, or proves it outdated. */
export function replaces(newer: Outline, older: Outline): boolean {
  // A stored GET answers HEAD too, so it also replaces a stored HEAD.
  if (older.method !== newer.method && newer.method !== "GET") return false;
  if (older.publicOrigin !== newer.publicOrigin || !sameSelection(older.selecting, newer.selecting)) return false;
  const came = newer.reading.contentRange;
  if (came === undefined || isOfAnother(newer, older)) return true;
  const held = older.reading.contentRange;
  return held !== undefined && came.first <= held.first && held.last <= came.last;
}

/**
 * Whether a response comes too late to take the place of a stored one: that was asked for after it, and by Date it is no more recent
 * (RFC 9111 §4). What a later HEAD or part leaves open, a whole still brings.
 */
export function comesTooLate(came: Outline, held: Outline): boolean {
  if (came.sentAt >= held.sentAt || came.reading.date > held.reading.date) return false;
  return replaces(came, held) && replaces(held, came);
}

/** Whether a part is of another representation than an older response, by what both say of it. */
function isOfAnother(part: Outline, older: Outline): boolean {
  const [a, b] = [part.reading, older.reading];
  if (a.etag !== undefined && b.etag !== undefined) {
    // A weak tag that differs proves a difference as well as a strong one; it is only sameness that it does not prove.
    if (!weakMatch(a.etag, b.etag)) return true;
  } else if (a.lastModified !== undefined && b.lastModified !== undefined && a.lastModified !== b.lastModified) {
    return true;
  }
  return older.method === "GET" && completeLength(part) !== completeLength(older);
}

/** How long the representation is of which a stored response holds a part or the whole; undefined where it holds none. */
export function completeLength({ reading, body }: Pick<Outline, "reading" | "body">): number | undefined {
  return reading.contentRange?.complete ?? (reading.status === 200 ? body.size : undefined);
}

/** Orders responses of several keys, the most recent first, by Date (RFC 9111 §4); of those with one Date by when they came. */
export function moreRecent({ reading: a }: StoredResponse, { reading: b }: StoredResponse): number {
  return b.date - a.date || b.responseTime - a.responseTime;
}

/** Until when a response is of use without asking the origin: fresh, or stale within a window that it states itself. */
export function reusableUntil(of: Pick<Reading, "directives" | "responseTime" | "initialAge" | "lifetime">): Instant {
  const { staleWhileRevalidate = 0, staleIfError = 0 } = of.directives;
  const window = Math.max(staleWhileRevalidate, staleIfError) * 1000;
  return of.responseTime - of.initialAge + of.lifetime.ms + window;
}
