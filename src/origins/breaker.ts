import type { Milliseconds } from "../http/date.ts";

/**
 * Whether an address is asked, by what became of the requests there. Times are in ms on a clock that never steps; `paths` are those of the
 * requests that failed in a row, each once.
 */
export type Breaker =
  /** It is; so many in a row failed last. */
  | { readonly type: "closed"; readonly failures: number; readonly paths: readonly string[] }
  /** It is not until then; `times`: for the how manieth time in a row. */
  | { readonly type: "open"; readonly until: Milliseconds; readonly times: number; readonly paths: readonly string[] }
  /** One request finds out whether it answers again, the others go elsewhere; if it takes until then, as by an upload, another one may, too. */
  | {
      readonly type: "half-open";
      readonly until: Milliseconds;
      readonly times: number;
      readonly paths: readonly string[];
    };

/** What is seen of an address. */
export type BreakerEvent =
  | "succeeded"
  | "failed"
  | "probe-sent"
  | "probe-succeeded"
  | "probe-failed"
  /** Whoever wanted its answer left before it came. */
  | "probe-left";

/** The same, with the path of the request of which it is seen. */
export type Seen = { readonly event: BreakerEvent; readonly path: string };

/** When it opens, and for how long. */
export type BreakerRules = {
  /** As many in a row. */
  readonly failures: number;
  /** With fewer different paths among them it is open for those alone: what is asked for may be what is wrong. */
  readonly paths: number;
  /** How long it is open at first; each time in a row twice as long. */
  readonly first: Milliseconds;
  readonly longest: Milliseconds;
};

/**
 * A connection that is refused costs nothing, so that one may be bad luck; three in a row without an answer between them are not. Of one
 * path that always fails there are soon three, of five there seldom are.
 */
export const USUAL_RULES: BreakerRules = { failures: 3, paths: 5, first: 1000, longest: 30_000 };

/** What is known of an address that nobody has asked yet. */
export const CLOSED: Breaker = { type: "closed", failures: 0, paths: [] };

/** What becomes of a breaker by what is seen at a time. */
export function afterEvent(breaker: Breaker, seen: Seen, now: Milliseconds, rules: BreakerRules): Breaker {
  return breaker.type === "closed" ? afterInClosed(breaker, seen, now, rules) : afterInOpen(breaker, seen, now, rules);
}

function afterInClosed(
  breaker: Extract<Breaker, { type: "closed" }>,
  { event, path }: Seen,
  now: Milliseconds,
  rules: BreakerRules,
): Breaker {
  switch (event) {
    case "succeeded":
    case "probe-succeeded":
      return CLOSED;
    case "failed":
    case "probe-failed": {
      const failures = breaker.failures + 1;
      const paths = together(breaker.paths, path, rules);
      return failures < rules.failures ? { type: "closed", failures, paths } : opened(1, paths, now, rules);
    }
    case "probe-sent":
    case "probe-left":
      return breaker;
  }
}

function afterInOpen(
  breaker: Exclude<Breaker, { type: "closed" }>,
  { event, path }: Seen,
  now: Milliseconds,
  rules: BreakerRules,
): Breaker {
  const { type, times, paths } = breaker;
  switch (event) {
    case "probe-sent":
      return { type: "half-open", until: now + rules.longest, times, paths };
    case "probe-succeeded":
      return CLOSED;
    case "probe-failed":
      return type === "open" ? breaker : opened(times + 1, together(paths, path, rules), now, rules);
    case "probe-left":
      return type === "open" ? breaker : { type: "open", until: now, times, paths };
    // Of requests that were sent before it opened for their paths nothing is learnt any more.
    case "succeeded":
      return isFor(breaker, path, rules) ? breaker : CLOSED;
    case "failed":
      return isFor(breaker, path, rules) ? breaker : { ...breaker, paths: together(paths, path, rules) };
  }
}

function opened(times: number, paths: readonly string[], now: Milliseconds, rules: BreakerRules): Breaker {
  const { first, longest } = rules;
  return { type: "open", until: now + Math.min(longest, first * 2 ** (times - 1)), times, paths };
}

/** No more than tell that it is not a matter of paths. */
function together(paths: readonly string[], path: string, rules: BreakerRules): readonly string[] {
  return paths.includes(path) || paths.length >= rules.paths ? paths : [...paths, path];
}

/** Whether it is open for a path, if it is open at all. */
function isFor({ paths }: Breaker, path: string, rules: BreakerRules): boolean {
  return paths.length >= rules.paths || paths.includes(path);
}

/** Whether a request may be sent. */
export type Permission =
  | "go"
  /** It may, but other paths fail there, which may be more than a matter of those. */
  | "doubtful"
  /** As the one that finds out whether there are answers again. */
  | "probe"
  | "no";

export function permission(breaker: Breaker, path: string, now: Milliseconds, rules: BreakerRules): Permission {
  if (breaker.type === "closed") return "go";
  if (!isFor(breaker, path, rules)) return "doubtful";
  return now >= breaker.until ? "probe" : "no";
}
