import type { ResponseDirectives } from "../http/cache-control.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Moment } from "./moment.ts";
import type { Policy } from "./policy.ts";

/** Where a freshness lifetime comes from. */
export type LifetimeSource =
  | "s-maxage"
  | "max-age"
  | "expires"
  /** A rule gave it (rules/lifetime.ts). */
  | "rule"
  | "heuristic"
  | "default"
  /** A soft purge ended it (caching/purge.ts). */
  | "purged"
  | "none";

/** How long a response is fresh, counted from its generation at the origin. */
export type Lifetime = { readonly ms: Milliseconds; readonly source: LifetimeSource };

/** Whether a lifetime is ours rather than the origin's: shown as `detail=heuristic`. */
export function isGuessed({ source }: Lifetime): boolean {
  return source === "heuristic" || source === "default";
}

/** Where a lifetime comes from that the origin has not stated, for Cache-Status. */
export function lifetimeDetail(lifetime: Lifetime): "heuristic" | "rule" | undefined {
  return lifetime.source === "rule" ? "rule" : isGuessed(lifetime) ? "heuristic" : undefined;
}

/** The same of a response, also where a soft purge has ended its lifetime since. */
export function hasGuessedLifetime(of: Statement & { readonly lifetime: Lifetime }): boolean {
  if (of.lifetime.source !== "purged") return isGuessed(of.lifetime);
  const { sMaxage, maxAge } = of.directives;
  return sMaxage === undefined && maxAge === undefined && of.expires === undefined;
}

/** What a response says of its time, as read from its fields. */
export type Statement = {
  readonly status: number;
  readonly directives: ResponseDirectives;
  /** The Expires field: absent, or `invalid` where it is no HTTP-date, which means "in the past" (RFC 9111 §5.3). */
  readonly expires: Instant | "invalid" | undefined;
  /** The Date field, or when the response arrived where that is absent or invalid (RFC 9110 §6.6.1). */
  readonly date: Instant;
  readonly lastModified: Instant | undefined;
  /** The request identified its sender, or the response sets a cookie: then nobody's guess makes it fresh. */
  readonly personal: boolean;
  /** Nobody's guess makes it fresh either: a stream of events, of which a copy says nothing about what comes next, or `Pragma: no-cache`. */
  readonly fleeting: boolean;
};

/** Status codes whose responses may be given a lifetime that nobody stated (RFC 9110 §15.1). */
const HEURISTICALLY_CACHEABLE = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

/** Those that `--ttl` covers: successes and permanent redirects; an error that states nothing is better asked for again. */
const DEFAULT_TTL_STATUS = new Set([200, 203, 300, 301, 308]);

const HEURISTIC_FRACTION = 0.1;
const HEURISTIC_LIMIT: Milliseconds = 24 * 60 * 60 * 1000;

/** Whether a response of this status may be stored without an explicit statement (RFC 9111 §3, RFC 9110 §15.1). */
export function isHeuristicallyCacheable(status: number): boolean {
  return HEURISTICALLY_CACHEABLE.has(status);
}

/** The freshness lifetime of a response in a shared cache (RFC 9111 §4.2.1, §4.2.2). */
export function lifetime(of: Statement, policy: Policy): Lifetime {
  const { directives } = of;
  if (directives.ruled && directives.maxAge !== undefined) return { ms: directives.maxAge * 1000, source: "rule" };
  if (directives.sMaxage !== undefined) return { ms: directives.sMaxage * 1000, source: "s-maxage" };
  if (directives.maxAge !== undefined) return { ms: directives.maxAge * 1000, source: "max-age" };
  if (of.expires === "invalid") return { ms: 0, source: "expires" };
  if (of.expires !== undefined) return { ms: Math.max(0, of.expires - of.date), source: "expires" };
  if (of.personal || of.fleeting || directives.noCache === true) return NO_LIFETIME;
  if (of.lastModified !== undefined && (directives.public || isHeuristicallyCacheable(of.status))) {
    const ms = Math.min(Math.max(0, of.date - of.lastModified) * HEURISTIC_FRACTION, HEURISTIC_LIMIT);
    return { ms, source: "heuristic" };
  }
  if (policy.defaultTtl > 0 && DEFAULT_TTL_STATUS.has(of.status)) return { ms: policy.defaultTtl, source: "default" };
  return NO_LIFETIME;
}

const NO_LIFETIME: Lifetime = { ms: 0, source: "none" };

/**
 * corrected_initial_age of RFC 9111 §4.2.3: how old a response was when it arrived.
 * @param age the Age field's value
 * @param date the Date field's value, or `responseTime` where it has none
 */
export function initialAge(age: Seconds, date: Instant, requestTime: Instant, responseTime: Instant): Milliseconds {
  // Date has whole seconds: what lies below one second is not an age but its rounding.
  const apparentAge = Math.floor(Math.max(0, responseTime - date) / 1000) * 1000;
  const correctedAgeValue = age * 1000 + Math.max(0, responseTime - requestTime);
  return Math.max(apparentAge, correctedAgeValue);
}

/**
 * The freshness that remains, in whole seconds, as Cache-Status and people want it: at least 1 while fresh, so that it adds
 * up to the lifetime with an Age that is rounded down, and 0 or less once stale (RFC 9211 §2.4).
 */
export function remainingSeconds(remaining: Milliseconds): Seconds {
  return remaining > 0 ? Math.ceil(remaining / 1000) : Math.floor(remaining / 1000);
}

/** How old something was when it arrived, and when that was. */
export type Arrival = {
  readonly initialAge: Milliseconds;
  readonly responseTime: Instant;
  /** The same in ms on a clock that never steps. */
  readonly arrivedAt: Milliseconds;
};

/**
 * current_age of RFC 9111 §4.2.3. resident_time is the longer by either clock: the wall clock may have been set back, and the other
 * may have stood still while the machine slept. In whole ms, as the wall clock has them.
 */
export function currentAge(of: Arrival, now: Moment): Milliseconds {
  return of.initialAge + Math.max(0, now.wall - of.responseTime, Math.floor(now.steady - of.arrivedAt));
}

/**
 * What is left of a lifetime, less than 0 where it ended before. Of one that a purge has ended nothing is left, also for whoever reads
 * the age from a clock that lags behind, or looked at it before.
 */
export function remainingAt(age: Milliseconds, { ms, source }: Lifetime): Milliseconds {
  return source === "purged" ? Math.min(0, ms - age) : ms - age;
}

/** The age in whole seconds, as the Age field states it (RFC 9111 §5.1). */
export function ageSeconds(of: Arrival, now: Moment): Seconds {
  return Math.floor(currentAge(of, now) / 1000);
}
