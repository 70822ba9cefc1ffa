import type { RequestDirectives } from "../http/cache-control.ts";
import type { ForwardReason } from "../http/cache-status.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { CacheableMethod } from "../http/method.ts";
import type { RangeSpec } from "../http/range.ts";
import { missingRange } from "./combine.ts";
import { cut, type RangeAsked } from "./cut.ts";
import { currentAge, hasGuessedLifetime, remainingAt, remainingSeconds } from "./freshness.ts";
import { preferredLanguage } from "./language.ts";
import type { Moment } from "./moment.ts";
import type { Policy } from "./policy.ts";
import { matches, matchesBut, type Presented } from "./selecting.ts";
import type { StoredResponse } from "./stored.ts";

/** When a stale response may stand in for an answer that the origin does not give (RFC 9111 §4.2.4, RFC 5861 §4). */
export type StaleOnError =
  /** A directive forbids it. */
  | "never"
  /** Only when the origin cannot be reached. */
  | "disconnected"
  /** Also when the origin answers 500, 502, 503 or 504: `stale-if-error` says so. */
  | "error";

/** What may be done with what is stored (RFC 9111 §4). */
export type Reuse =
  | { readonly type: "fresh"; readonly stored: StoredResponse; readonly age: Seconds; readonly ttl: Seconds }
  /** Used although stale; `revalidate`: to be validated behind the answer (RFC 5861 §3). */
  | {
      readonly type: "stale";
      readonly stored: StoredResponse;
      readonly age: Seconds;
      readonly ttl: Seconds;
      readonly revalidate: boolean;
    }
  | {
      readonly type: "validate";
      readonly stored: StoredResponse;
      readonly fwd: ForwardReason;
      readonly onError: StaleOnError;
    }
  /** A part is stored of which more is wanted: what it lacks, `missing`, makes it whole (RFC 9111 §3.3). */
  | { readonly type: "complete"; readonly stored: StoredResponse; readonly missing: RangeSpec }
  | { readonly type: "forward"; readonly fwd: ForwardReason }
  /** The request wants a stored response or none, and none will do (RFC 9111 §5.2.1.7). */
  | { readonly type: "gateway-timeout" };

/** What reuse asks of a request. */
export type ReusingRequest = {
  readonly method: CacheableMethod;
  readonly presented: Presented;
  /** The scheme and authority by which the client asked. */
  readonly publicOrigin: string;
  readonly directives: RequestDirectives;
  /** The part that it asks for; undefined for the whole. */
  readonly range: RangeAsked | undefined;
  /** Whether it says who sends it: a lifetime that nobody stated is not meant for it. Asked only where it matters. */
  readonly personal: () => boolean;
};

/**
 * Decides what may be done with what is stored under a request's key (RFC 9111 §4).
 * @param variants the responses stored under the key, most recent first
 */
export function reuse(
  request: ReusingRequest,
  variants: readonly StoredResponse[],
  now: Moment,
  policy: Policy,
): Reuse {
  const { directives } = request;
  const choice = select(request, variants, now.wall);
  if (choice.type === "none") return directives.onlyIfCached ? GATEWAY_TIMEOUT : { type: "forward", fwd: choice.fwd };

  const { stored } = choice;
  const ageMs = currentAge(stored.reading, now);
  const remaining = remainingAt(ageMs, stored.reading.lifetime);
  const doubt = doubtOf(directives, stored, ageMs, remaining);
  if (choice.type === "part")
    return directives.onlyIfCached ? GATEWAY_TIMEOUT : completion(request, stored, doubt, policy);
  if (doubt === "none") return { type: "fresh", stored, age: whole(ageMs), ttl: remainingSeconds(remaining) };

  if (doubt === "stale") {
    const use = staleUse(directives, stored, -remaining);
    const ttl = Math.min(-1, remainingSeconds(remaining));
    if (use !== "no") return { type: "stale", stored, age: whole(ageMs), ttl, revalidate: use === "revalidate" };
  }
  if (directives.onlyIfCached) return GATEWAY_TIMEOUT;
  const fwd = doubt === "request" ? "request" : "stale";
  return { type: "validate", stored, fwd, onError: onError(directives, stored, -remaining) };
}

/** Whether to ask for what a part lacks: where it is sure that the origin's answer fits, or likely. */
function completion({ directives }: ReusingRequest, stored: StoredResponse, doubt: Doubt, policy: Policy): Reuse {
  // What comes for a request of no-store is not kept, and so not joined with anything.
  const missing = directives.noStore ? undefined : missingRange(stored, policy);
  const fits = stored.reading.strongValidator !== undefined || doubt === "none";
  return missing !== undefined && fits
    ? { type: "complete", stored, missing }
    : { type: "forward", fwd: doubt === "stale" ? "stale" : "partial" };
}

type Choice =
  | { readonly type: "one"; readonly stored: StoredResponse }
  /** A part is stored, and more is wanted. */
  | { readonly type: "part"; readonly stored: StoredResponse }
  | { readonly type: "none"; readonly fwd: ForwardReason };

/** RFC 9111 §4: the stored method allows it and the selecting header fields match; of several the most recent. */
function select(request: ReusingRequest, variants: readonly StoredResponse[], now: Instant): Choice {
  if (variants.length === 0) return { type: "none", fwd: "uri-miss" };
  let answersMethod = false;
  let one: StoredResponse | undefined;
  let part: StoredResponse | undefined;
  for (const stored of variants) {
    if (!mayAnswer(request, stored)) continue;
    answersMethod = true;
    if (stored.publicOrigin !== request.publicOrigin) continue;
    if (!matches(stored.selecting, request.presented)) continue;
    if (stored.reading.status === 206 && cut(request.range, stored, now).type === "lacking") part ??= stored;
    // By Date, not by arrival: what came later through another cache may be older. It tells no less than a second.
    else if (one === undefined || stored.reading.date - one.reading.date >= 1000) one = stored;
  }
  if (one !== undefined) return { type: "one", stored: one };
  if (part !== undefined) return { type: "part", stored: part };
  if (!answersMethod) return { type: "none", fwd: "miss" };
  const stored = byLanguage(request, variants);
  return stored === undefined ? { type: "none", fwd: "vary-miss" } : { type: "one", stored };
}

function mayAnswer(request: ReusingRequest, stored: StoredResponse): boolean {
  // A stored HEAD has no body to answer GET with (RFC 9110 §9.3.2).
  if (request.method === "GET" && stored.method === "HEAD") return false;
  // Nor has a part the fields of the whole (RFC 9110 §14.2 has HEAD ignore Range).
  if (request.method === "HEAD" && stored.reading.status === 206) return false;
  return !(hasGuessedLifetime(stored.reading) && request.personal());
}

/** RFC 9111 §4.1: where nothing else differs, content in the language that the request weighs the most is what the origin would choose. */
function byLanguage(request: ReusingRequest, variants: readonly StoredResponse[]): StoredResponse | undefined {
  if (!variants.some(({ reading }) => reading.language !== undefined)) return undefined;
  const preferred = preferredLanguage(request.presented("accept-language"));
  if (preferred === undefined) return undefined;
  return variants.find(
    (stored) =>
      stored.reading.language === preferred &&
      stored.reading.status !== 206 &&
      stored.publicOrigin === request.publicOrigin &&
      mayAnswer(request, stored) &&
      matchesBut("accept-language", stored.selecting, request.presented),
  );
}

/** What stands between a selected response and its use: the request, the response's own no-cache, or its age. */
type Doubt = "none" | "request" | "no-cache" | "stale";

function doubtOf(
  request: RequestDirectives,
  stored: StoredResponse,
  age: Milliseconds,
  remaining: Milliseconds,
): Doubt {
  if (request.noCache) return "request";
  if (stored.reading.directives.noCache === true) return "no-cache";
  // What does not change while it is fresh need not be validated for a reload; a forced one says no-cache (RFC 8246 §2).
  const settled = stored.reading.directives.immutable && remaining > 0;
  // max-age=0 is how a client asks for validation, also within the millisecond (RFC 9111 §5.2.1.1).
  const tooOld = request.maxAge !== undefined && (request.maxAge === 0 || age > request.maxAge * 1000);
  if (tooOld && !settled) return "request";
  if (request.minFresh !== undefined && remaining < request.minFresh * 1000) return remaining > 0 ? "request" : "stale";
  return remaining > 0 ? "none" : "stale";
}

/** RFC 9111 §4.2.4: whether a stale response may be used at once. */
function staleUse(
  request: RequestDirectives,
  stored: StoredResponse,
  staleness: Milliseconds,
): "no" | "as-is" | "revalidate" {
  const { directives } = stored.reading;
  if (directives.mustRevalidate || directives.proxyRevalidate || request.minFresh !== undefined) return "no";
  // s-maxage alone forbids stale use (§5.2.2.10); next to an explicit stale-while-revalidate the explicit one is meant.
  if (within(staleness, directives.staleWhileRevalidate)) return "revalidate";
  if (directives.sMaxage === undefined && within(staleness, request.maxStale)) return "as-is";
  return "no";
}

function onError(request: RequestDirectives, stored: StoredResponse, staleness: Milliseconds): StaleOnError {
  const { directives } = stored.reading;
  if (request.noCache || directives.noCache === true) return "never";
  if (directives.mustRevalidate || directives.proxyRevalidate) return "never";
  if (within(staleness, request.staleIfError) || within(staleness, directives.staleIfError)) return "error";
  return directives.sMaxage === undefined ? "disconnected" : "never";
}

function within(staleness: Milliseconds, window: Seconds | undefined): boolean {
  return window !== undefined && staleness <= window * 1000;
}

function whole(ms: Milliseconds): Seconds {
  return Math.floor(ms / 1000);
}

const GATEWAY_TIMEOUT: Reuse = { type: "gateway-timeout" };
