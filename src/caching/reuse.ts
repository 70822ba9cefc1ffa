import type { RequestDirectives } from "../http/cache-control.ts";
import type { ForwardReason } from "../http/cache-status.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { RangeSpec } from "../http/range.ts";
import { missingRange } from "./combine.ts";
import { currentAge, remainingAt, remainingSeconds } from "./freshness.ts";
import type { Moment } from "./moment.ts";
import type { Policy } from "./policy.ts";
import { type ReusingRequest, select } from "./selection.ts";
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
      /** What asks for it; shown as Cache-Status's `detail`. */
      readonly why: Exclude<Doubt, "none">;
      readonly onError: StaleOnError;
    }
  /** A part is stored of which more is wanted: what it lacks, `missing`, makes it whole (RFC 9111 §3.3). */
  | { readonly type: "complete"; readonly stored: StoredResponse; readonly missing: RangeSpec }
  | { readonly type: "forward"; readonly fwd: ForwardReason }
  /** The request wants a stored response or none, and none will do (RFC 9111 §5.2.1.7). */
  | { readonly type: "gateway-timeout" };

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

  if (doubt === "expired") {
    const use = staleUse(directives, stored, -remaining);
    const ttl = Math.min(-1, remainingSeconds(remaining));
    if (use !== "no") return { type: "stale", stored, age: whole(ageMs), ttl, revalidate: use === "revalidate" };
  }
  if (directives.onlyIfCached) return GATEWAY_TIMEOUT;
  const fwd = doubt === "expired" || doubt === "no-cache" ? "stale" : "request";
  return {
    type: "validate",
    stored,
    fwd,
    why: doubt,
    onError: policy.neverAsks ? "disconnected" : onError(directives, stored, -remaining),
  };
}

/** Whether to ask for what a part lacks: where it is sure that the origin's answer fits, or likely. */
function completion({ directives }: ReusingRequest, stored: StoredResponse, doubt: Doubt, policy: Policy): Reuse {
  // What comes for a request of no-store is not kept, and so not joined with anything.
  const missing = directives.noStore ? undefined : missingRange(stored, policy);
  const fits = stored.reading.strongValidator !== undefined || doubt === "none";
  return missing !== undefined && fits
    ? { type: "complete", stored, missing }
    : { type: "forward", fwd: doubt === "expired" ? "stale" : "partial" };
}

/** What stands between a selected response and its use, in the order in which that is asked. */
export type Doubt =
  /** The request says no-cache (RFC 9111 §5.2.1.4). */
  | "request-no-cache"
  /** The response does (§5.2.2.4). */
  | "no-cache"
  /** It is older than the request wants it (§5.2.1.1). */
  | "request-max-age"
  /** Its lifetime is over (§4.2). */
  | "expired"
  /** It is fresh, but not for as long as the request wants it (§5.2.1.3). */
  | "request-min-fresh"
  | "none";

/** Asks what {@link Doubt} names; `age` and `remaining` of the stored response. */
export function doubtOf(
  request: RequestDirectives,
  stored: StoredResponse,
  age: Milliseconds,
  remaining: Milliseconds,
): Doubt {
  if (request.noCache) return "request-no-cache";
  if (stored.reading.directives.noCache === true) return "no-cache";
  // What does not change while it is fresh need not be validated for a reload; a forced one says no-cache (RFC 8246 §2).
  const settled = stored.reading.directives.immutable && remaining > 0;
  // max-age=0 is how a client asks for validation, also within the millisecond (RFC 9111 §5.2.1.1).
  const tooOld = request.maxAge !== undefined && (request.maxAge === 0 || age > request.maxAge * 1000);
  if (tooOld && !settled) return "request-max-age";
  if (remaining <= 0) return "expired";
  return request.minFresh !== undefined && remaining < request.minFresh * 1000 ? "request-min-fresh" : "none";
}

/** RFC 9111 §4.2.4: whether a stale response may be used at once. */
export function staleUse(
  request: RequestDirectives,
  stored: StoredResponse,
  staleness: Milliseconds,
): "no" | "as-is" | "revalidate" {
  if (forbidsStale(request, stored)) return "no";
  const { directives } = stored.reading;
  // s-maxage alone forbids stale use (§5.2.2.10); next to an explicit stale-while-revalidate the explicit one is meant.
  if (within(staleness, directives.staleWhileRevalidate)) return "revalidate";
  if (directives.sMaxage === undefined && within(staleness, request.maxStale)) return "as-is";
  return "no";
}

/** RFC 9111 §4.2.4: whether nothing that is stale will do, however short the time since. */
export function forbidsStale(request: RequestDirectives, { reading: { directives } }: StoredResponse): boolean {
  return directives.mustRevalidate || directives.proxyRevalidate || request.minFresh !== undefined;
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
