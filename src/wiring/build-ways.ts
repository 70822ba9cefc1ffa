import type { Settings } from "../config/settings.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Outgoing, Send, Ways } from "../http/origin.ts";
import { type Limiter, limiting, unlimited, waiting } from "../limit/limiter.ts";
import { type Guard, guarding, pausing, unguarded } from "../quota/guard.ts";

/** What stands between the cache and the origin. */
export type WaysBuilt = { readonly limiter: Limiter; readonly guard: Guard };

/** What that rests on outside the process. */
export type WaysParts = {
  readonly send: Send;
  readonly clock: () => Instant;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  /** The fields that origins get who are told by us who asks. */
  readonly authorized: ((outgoing: Outgoing) => Headers) | undefined;
};

type WaysSettings = Pick<Settings, "maxOriginConnections" | "quota" | "timeout">;

/** Puts together the ways to the origin: a bound for what is under way there, and what spares its quotas, each where it is wanted. */
export function buildWays(settings: WaysSettings, parts: WaysParts): WaysBuilt {
  const limiter = limiterOf(settings, parts);
  return { limiter, guard: quotaGuard(settings, limiter, parts) };
}

function limiterOf({ maxOriginConnections, timeout }: WaysSettings, { send, steady }: WaysParts): Limiter {
  if (maxOriginConnections === undefined) return unlimited(send);
  const room = { places: maxOriginConnections, line: LONGEST_LINE };
  const patience = {
    required: Math.min(timeout, LONGEST_WAIT),
    dispensable: Math.min(timeout, LONGEST_WAIT_WITH_STALE),
  };
  return limiting({ send, room, patience, steady, timer: waiting });
}

function quotaGuard({ quota, timeout }: WaysSettings, ways: Ways, { clock, authorized }: WaysParts): Guard {
  if (quota.type === "off") return unguarded(ways);
  const rules = { share: quota.share, patience: Math.min(timeout, LONGEST_WAIT) };
  // Clients that it knows by our credentials share one quota.
  return guarding({ ways, clock, rules, pause: pausing, asSent: authorized });
}

/** How long a request is held back at most: longer, and whoever asked thinks that nobody is there. */
const LONGEST_WAIT: Milliseconds = 10_000;
/** The same where something stale can be had at once. */
const LONGEST_WAIT_WITH_STALE: Milliseconds = 1000;
/** How many requests may be held back at once at an origin that has as many as it may: they take memory, and who comes last waits for all. */
const LONGEST_LINE = 1000;
