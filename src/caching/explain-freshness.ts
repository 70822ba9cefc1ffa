import type { Seconds } from "../http/delta-seconds.ts";
import { currentAge, type LifetimeSource, remainingAt, remainingSeconds } from "./freshness.ts";
import type { Moment } from "./moment.ts";
import type { StoredResponse } from "./stored.ts";

/** How long a stored response is of use, and where that comes from. */
export type ExplainedFreshness = {
  readonly lifetimeSeconds: Seconds;
  readonly source: LifetimeSource;
  /** The source in words. */
  readonly says: string;
  readonly ageSeconds: Seconds;
  /** How much of the age it had when it came. */
  readonly ageOnArrivalSeconds: Seconds;
  /** Below zero once stale. */
  readonly remainingSeconds: Seconds;
  /** For how long after its lifetime it may be used while it is validated, or while the origin fails (RFC 5861), and what is left of that. */
  readonly staleWhileRevalidate?: Window;
  readonly staleIfError?: Window;
};

type Window = { readonly seconds: Seconds; readonly leftSeconds: Seconds };

/** Says of a stored response how long it is fresh (RFC 9111 §4.2). */
export function explainFreshness({ reading, headers }: StoredResponse, now: Moment): ExplainedFreshness {
  const { lifetime, directives } = reading;
  const age = currentAge(reading, now);
  const remaining = remainingAt(age, lifetime);
  const swr = directives.staleWhileRevalidate;
  const sie = directives.staleIfError;
  const window = (seconds: Seconds): Window => ({
    seconds,
    leftSeconds: Math.min(seconds, Math.max(0, Math.floor(seconds + remaining / 1000))),
  });
  return {
    lifetimeSeconds: lifetime.ms / 1000,
    source: lifetime.source,
    says: sourceText(lifetime.source, headers),
    ageSeconds: Math.floor(age / 1000),
    ageOnArrivalSeconds: Math.floor(reading.initialAge / 1000),
    remainingSeconds: remainingSeconds(remaining),
    ...(swr === undefined ? {} : { staleWhileRevalidate: window(swr) }),
    ...(sie === undefined ? {} : { staleIfError: window(sie) }),
  };
}

/** Where a lifetime comes from, in words. */
function sourceText(source: LifetimeSource, headers: Headers): string {
  const field = headers.has("cdn-cache-control") ? "CDN-Cache-Control" : "Cache-Control";
  switch (source) {
    case "s-maxage":
    case "max-age":
      return `the response said ${source} in ${field} (RFC 9111 §4.2.1)`;
    case "expires":
      return "the response said Expires (RFC 9111 §5.3)";
    case "rule":
      return "a rule of the config gives it";
    case "heuristic":
      return "the response states none: a tenth of the time since its Last-Modified (RFC 9111 §4.2.2)";
    case "default":
      return "the response states none: --ttl (RFC 9111 §4.2.2)";
    case "purged":
      return "a soft purge ended it";
    case "none":
      return "the response states none, and nobody may guess one for it (RFC 9111 §4.2.2)";
  }
}
