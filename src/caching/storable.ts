import type { RequestDirectives, ResponseDirectives } from "../http/cache-control.ts";
import { type CacheableMethod, isCacheable } from "../http/method.ts";
import type { RangeAsked } from "./cut.ts";
import { isHeuristicallyCacheable } from "./freshness.ts";
import { type Presented, type Selecting, selecting } from "./selecting.ts";
import type { Reading } from "./stored.ts";

/** Why a response is not stored; shown as Cache-Status's `detail`. */
export type NoStoreReason =
  | "method"
  | "partial-content"
  | "range-not-satisfiable"
  | "not-modified"
  | "request-no-store"
  | "no-store"
  | "private"
  | "authorization"
  | "personal"
  | "vary-star"
  | "status-not-understood"
  | "status-not-cacheable"
  | "no-lifetime-and-no-validator";

/** Why a response is not kept, though it may be storable. */
export type NotKept =
  | NoStoreReason
  | "too-large"
  | "too-many-tags"
  | "end-not-provable"
  | "request-at-fault"
  | "invalidated";

/** Whether a response may be stored (RFC 9111 §3), and if so, what is left out of it and which requests it will answer. */
export type Storable =
  | {
      readonly type: "store";
      readonly method: CacheableMethod;
      readonly selecting: Selecting;
      /** Fields not to be stored. */
      readonly omit: readonly string[];
    }
  | { readonly type: "no-store"; readonly reason: NoStoreReason };

/** What storability asks of a request. */
export type StoringRequest = {
  readonly method: string;
  readonly headers: Headers;
  readonly presented: Presented;
  readonly directives: RequestDirectives;
  /** The part that it asks for; undefined for the whole. */
  readonly range: RangeAsked | undefined;
};

/** Status codes whose caching behaviour is implemented here, for `must-understand` (RFC 9111 §5.2.2.3). */
const UNDERSTOOD = new Set([
  200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409,
  410, 411, 412, 413, 414, 415, 417, 421, 422, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506,
  507, 508, 511,
]);

/** What is about a client and not about what it asked for, whatever Cache-Control says (RFC 6585 §3 to §6). */
const NEVER_STORED = new Set([428, 429, 431, 511]);

/**
 * Errors that find fault with the request itself (RFC 9110 §15.5, RFC 6585 §5): with a field of his own anybody could bring one about,
 * which says nothing of what others get for the same URL.
 */
const OF_THE_REQUEST = new Set([400, 406, 411, 412, 413, 414, 415, 417, 421, 431]);

/** Whether an answer finds fault with the request alone, and says nothing of the resource. */
export function isOfTheRequest(status: number): boolean {
  return OF_THE_REQUEST.has(status);
}

/**
 * Whether an error is not to stand in the place of something good, and why: what it says is of the request, or nobody has said for how long
 * it may be kept.
 * @param status of what is stored
 */
export function sparing(status: number, by: Reading): "request-at-fault" | "status-not-cacheable" | undefined {
  if (status >= 400 || by.status < 400) return undefined;
  if (isOfTheRequest(by.status)) return "request-at-fault";
  return isStated(by) ? undefined : "status-not-cacheable";
}

/** What may keep a response from being stored. */
export type StoringRule = {
  readonly reason: NoStoreReason;
  /** @param vary the response's Vary field value or null */
  readonly forbids: (request: StoringRequest, reading: Reading, vary: string | null) => boolean;
};

/** In the order in which they are asked: the first that forbids it is why. */
export const STORING_RULES: readonly StoringRule[] = [
  { reason: "method", forbids: ({ method }) => !isCacheable(method) },
  // A part that does not say which part of what it is, or that nobody asked for.
  {
    reason: "partial-content",
    forbids: ({ method, range }, { status, contentRange }) =>
      status === 206 && !(contentRange && range && method === "GET"),
  },
  // What one range is answered with says nothing of other requests, though they have the same key.
  { reason: "range-not-satisfiable", forbids: (_, { status }) => status === 416 },
  { reason: "not-modified", forbids: (_, { status }) => status === 304 },
  { reason: "request-no-store", forbids: ({ directives }) => directives.noStore },
  {
    reason: "status-not-understood",
    forbids: (_, { status, directives }) => directives.mustUnderstand && !UNDERSTOOD.has(status),
  },
  // A cache that understands the status ignores the no-store beside must-understand (RFC 9111 §5.2.2.3).
  { reason: "no-store", forbids: (_, { directives }) => directives.noStore && !directives.mustUnderstand },
  { reason: "private", forbids: (_, { directives }) => directives.private === true },
  { reason: "authorization", forbids: ({ headers }, reading) => headers.has("authorization") && !isForAll(reading) },
  // Nobody said that others may have it: not kept, not even to be validated (it might be served while the origin is away).
  { reason: "personal", forbids: (_, reading) => reading.personal && !isStated(reading) },
  {
    reason: "status-not-cacheable",
    forbids: (_, reading) =>
      NEVER_STORED.has(reading.status) || (!isStated(reading) && !isHeuristicallyCacheable(reading.status)),
  },
  { reason: "vary-star", forbids: ({ presented }, _, vary) => selecting(vary, presented) === "*" },
  { reason: "no-lifetime-and-no-validator", forbids: (_, reading) => !isOfUse(reading) },
];

/**
 * Decides whether a shared cache may store a response (RFC 9111 §3).
 * @param vary the response's Vary field value or null
 */
export function storable(request: StoringRequest, reading: Reading, vary: string | null): Storable {
  const { method, presented } = request;
  const rule = STORING_RULES.find(({ forbids }) => forbids(request, reading, vary));
  if (rule !== undefined) return no(rule.reason);
  const selection = selecting(vary, presented);
  // Both are among the rules; that they hold is said once more for the types.
  if (!isCacheable(method)) return no("method");
  if (selection === "*") return no("vary-star");
  return { type: "store", method, selecting: selection, omit: fieldsNotStored(reading.directives) };
}

/** RFC 9111 §3.5: what lets a shared cache store the answer to a request that had Authorization. */
function isForAll({ directives }: Reading): boolean {
  return directives.public || directives.mustRevalidate || directives.sMaxage !== undefined;
}

/** RFC 9111 §3: the response itself says that it may be stored. */
function isStated({ directives, expires }: Reading): boolean {
  return (
    directives.public || directives.maxAge !== undefined || directives.sMaxage !== undefined || expires !== undefined
  );
}

/** A response that is never fresh, cannot be validated and may not be used stale would only take up room. */
function isOfUse({ lifetime, etag, lastModified, directives }: Reading): boolean {
  return (
    (lifetime.ms > 0 && directives.noCache !== true) ||
    etag !== undefined ||
    lastModified !== undefined ||
    (directives.staleIfError ?? 0) > 0 ||
    (directives.staleWhileRevalidate ?? 0) > 0
  );
}

/** The fields that are left out of what is stored: those that `private` and `no-cache` are qualified with (RFC 9111 §5.2.2.4, §5.2.2.7). */
export function fieldsNotStored(of: ResponseDirectives): readonly string[] {
  return [...fieldsOf(of.private), ...fieldsOf(of.noCache)];
}

function fieldsOf(directive: boolean | readonly string[]): readonly string[] {
  return typeof directive === "boolean" ? [] : directive;
}

function no(reason: NoStoreReason): Storable {
  return { type: "no-store", reason };
}
