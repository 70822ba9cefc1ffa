import type { Milliseconds } from "../http/date.ts";

/** Whether an address is asked, by what became of the requests there. Times are in ms on a clock that never steps. */
export type Breaker =
  /** It is; so many in a row failed last. */
  | { readonly type: "closed"; readonly failures: number }
  /** It is not until then; `times`: for the how manieth time in a row. */
  | { readonly type: "open"; readonly until: Milliseconds; readonly times: number }
  /** One request finds out whether it answers again; the others go elsewhere. */
  | { readonly type: "half-open"; readonly times: number };

/** What is seen of an address. */
export type BreakerEvent =
  | "succeeded"
  | "failed"
  | "probe-sent"
  | "probe-succeeded"
  | "probe-failed"
  /** Whoever wanted its answer left before it came. */
  | "probe-left"
  | "check-passed";

/** When it opens, and for how long. */
export type BreakerRules = {
  /** As many in a row. */
  readonly failures: number;
  /** How long it is open at first; each time in a row twice as long. */
  readonly first: Milliseconds;
  readonly longest: Milliseconds;
};

/** A connection that is refused costs nothing, so that one may be bad luck; three in a row without an answer between them are not. */
export const USUAL_RULES: BreakerRules = { failures: 3, first: 1000, longest: 30_000 };

/** What is known of an address that nobody has asked yet. */
export const CLOSED: Breaker = { type: "closed", failures: 0 };

/** What becomes of a breaker by what is seen at a time. Of requests that were sent before it opened nothing is learnt any more. */
export function afterEvent(breaker: Breaker, event: BreakerEvent, now: Milliseconds, rules: BreakerRules): Breaker {
  switch (breaker.type) {
    case "closed":
      return afterInClosed(breaker, event, now, rules);
    case "open":
      if (event === "check-passed") return CLOSED;
      return event === "probe-sent" ? { type: "half-open", times: breaker.times } : breaker;
    case "half-open":
      return afterInHalfOpen(breaker, event, now, rules);
  }
}

function afterInClosed(
  breaker: Extract<Breaker, { type: "closed" }>,
  event: BreakerEvent,
  now: Milliseconds,
  rules: BreakerRules,
): Breaker {
  switch (event) {
    case "succeeded":
    case "probe-succeeded":
    case "check-passed":
      return CLOSED;
    case "failed":
    case "probe-failed": {
      const failures = breaker.failures + 1;
      return failures < rules.failures ? { type: "closed", failures } : opened(1, now, rules);
    }
    case "probe-sent":
    case "probe-left":
      return breaker;
  }
}

function afterInHalfOpen(
  breaker: Extract<Breaker, { type: "half-open" }>,
  event: BreakerEvent,
  now: Milliseconds,
  rules: BreakerRules,
): Breaker {
  switch (event) {
    case "probe-succeeded":
    case "check-passed":
      return CLOSED;
    case "probe-failed":
      return opened(breaker.times + 1, now, rules);
    case "probe-left":
      return { type: "open", until: now, times: breaker.times };
    case "succeeded":
    case "failed":
    case "probe-sent":
      return breaker;
  }
}

function opened(times: number, now: Milliseconds, { first, longest }: BreakerRules): Breaker {
  return { type: "open", until: now + Math.min(longest, first * 2 ** (times - 1)), times };
}

/** Whether a request may be sent: as any other, as the one that finds out whether there are answers again, or not at all. */
export type Permission = "go" | "probe" | "no";

export function permission(breaker: Breaker, now: Milliseconds): Permission {
  switch (breaker.type) {
    case "closed":
      return "go";
    case "open":
      return now >= breaker.until ? "probe" : "no";
    case "half-open":
      return "no";
  }
}
