import type { RequestDirectives } from "../http/cache-control.ts";
import type { Milliseconds } from "../http/date.ts";
import type { AskedRule } from "./asked-rule.ts";
import { selectionRules } from "./explain-selection.ts";
import { currentAge, remainingAt, remainingSeconds } from "./freshness.ts";
import type { Moment } from "./moment.ts";
import type { Policy } from "./policy.ts";
import { type Doubt, doubtOf, forbidsStale, type Reuse, reuse, staleUse } from "./reuse.ts";
import { type ReusingRequest, select } from "./selection.ts";
import type { StoredResponse } from "./stored.ts";

/** What may be done with what is stored, and each rule that was asked, in that order. */
export type ExplainedReuse = { readonly decision: Reuse; readonly rules: readonly AskedRule[] };

/**
 * Decides as {@link reuse} does, and tells which rules it asked.
 * @param variants the responses stored under the key, most recent first
 */
export function explainReuse(
  request: ReusingRequest,
  variants: readonly StoredResponse[],
  now: Moment,
  policy: Policy,
): ExplainedReuse {
  const decision = reuse(request, variants, now, policy);
  const choice = select(request, variants, now.wall);
  const selection = selectionRules(request, variants, now, choice);
  const { directives } = request;
  if (choice.type === "none") return { decision, rules: [...selection, ...askable(directives, policy)] };

  const { stored } = choice;
  const age = currentAge(stored.reading, now);
  const remaining = remainingAt(age, stored.reading.lifetime);
  const doubt = doubtOf(directives, stored, age, remaining);
  const use = usageRules(request, stored, { age, remaining, doubt });
  if (choice.type === "part") {
    const completable = directives.onlyIfCached ? [] : [completionRule(stored, decision)];
    return { decision, rules: [...selection, ...use, ...askable(directives, policy), ...completable] };
  }
  if (doubt === "none") return { decision, rules: [...selection, ...use] };
  const stale = doubt === "expired" ? staleRules(directives, stored, -remaining) : [];
  if (decision.type === "stale") return { decision, rules: [...selection, ...use, ...stale] };
  const standIn = decision.type === "validate" ? [standInRule(decision)] : [];
  return { decision, rules: [...selection, ...use, ...stale, ...askable(directives, policy), ...standIn] };
}

type Standing = { readonly age: Milliseconds; readonly remaining: Milliseconds; readonly doubt: Doubt };

/** What each doubt asks. */
const USAGE: readonly {
  readonly doubt: Doubt;
  readonly rule: AskedRule["rule"];
  readonly section: string;
  readonly input: (request: RequestDirectives, stored: StoredResponse, standing: Standing) => string;
  readonly change: (stored: StoredResponse) => string;
}[] = [
  {
    doubt: "request-no-cache",
    rule: "request-permits-stored",
    section: "RFC 9111 §5.2.1.4",
    input: ({ noCache }) => (noCache ? "the request said no-cache" : "the request has no no-cache"),
    change: () => "ask without Cache-Control: no-cache (or Pragma: no-cache)",
  },
  {
    doubt: "no-cache",
    rule: "response-permits-unvalidated",
    section: "RFC 9111 §5.2.2.4",
    input: (_, { reading }) =>
      reading.directives.noCache === true ? "the response said no-cache" : "the response has no no-cache",
    change: () => "let the origin leave out no-cache: with it each use is validated first",
  },
  {
    doubt: "request-max-age",
    rule: "young-enough",
    section: "RFC 9111 §5.2.1.1",
    input: ({ maxAge }, { reading }, { age, doubt }) =>
      maxAge === undefined
        ? "the request has no max-age"
        : `the request said max-age=${maxAge}, the response is ${seconds(age)} old${
            reading.directives.immutable && doubt !== "request-max-age" ? " and immutable (RFC 8246)" : ""
          }`,
    change: () => "ask without max-age, or with a larger one",
  },
  {
    doubt: "expired",
    rule: "fresh",
    section: "RFC 9111 §4.2",
    input: (_, { reading: { lifetime } }, { age }) => `${seconds(age)} old, fresh for ${seconds(lifetime.ms)}`,
    change: ({ reading: { lifetime } }) =>
      lifetime.source === "purged"
        ? "a soft purge ended its lifetime: the next request validates it"
        : lifetime.source === "none"
          ? "let the origin state a lifetime: Cache-Control: max-age=…"
          : "a longer lifetime (max-age, s-maxage), or stale-while-revalidate beside it",
  },
  {
    doubt: "request-min-fresh",
    rule: "fresh-long-enough",
    section: "RFC 9111 §5.2.1.3",
    input: ({ minFresh }, _, { remaining }) =>
      minFresh === undefined
        ? "the request has no min-fresh"
        : `the request said min-fresh=${minFresh}, ${remainingSeconds(remaining)}s are left`,
    change: () => "ask without min-fresh, or with a smaller one",
  },
];

/** What was asked of the response that is selected, up to what stands between it and its use. */
function usageRules({ directives }: ReusingRequest, stored: StoredResponse, standing: Standing): readonly AskedRule[] {
  const end = USAGE.findIndex(({ doubt }) => doubt === standing.doubt);
  const asked = end < 0 ? USAGE : USAGE.slice(0, end + 1);
  // A stale response that is used all the same is no answer that anybody wants changed.
  return asked.map(({ doubt, rule, section, input, change }) => ({
    ...{ rule, section, input: input(directives, stored, standing) },
    ...(doubt === standing.doubt ? ({ answer: "no", change: change(stored) } as const) : ({ answer: "yes" } as const)),
  }));
}

/** RFC 9111 §4.2.4: what was asked of a stale response. */
function staleRules(request: RequestDirectives, stored: StoredResponse, staleness: Milliseconds): readonly AskedRule[] {
  const { directives } = stored.reading;
  const forbidding = [
    ...(directives.mustRevalidate ? ["the response said must-revalidate"] : []),
    ...(directives.proxyRevalidate ? ["the response said proxy-revalidate"] : []),
    ...(request.minFresh === undefined ? [] : ["the request said min-fresh"]),
  ];
  const permitted: AskedRule = {
    ...{ rule: "stale-is-permitted", section: "RFC 9111 §4.2.4" },
    input: forbidding.length === 0 ? "nobody forbids it" : forbidding.join(", "),
    answer: forbidsStale(request, stored) ? "no" : "yes",
  };
  if (permitted.answer === "no") return [permitted];
  const use = staleUse(request, stored, staleness);
  const swr = directives.staleWhileRevalidate;
  const behind: AskedRule = {
    ...{ rule: "within-stale-while-revalidate", section: "RFC 5861 §3" },
    input: `stale for ${seconds(staleness)}, ${
      swr === undefined
        ? "the response has no stale-while-revalidate"
        : `the response said stale-while-revalidate=${swr}`
    }`,
    answer: use === "revalidate" ? "yes" : "no",
  };
  if (use === "revalidate") return [permitted, behind];
  const asIs: AskedRule = {
    ...{ rule: "within-max-stale", section: "RFC 9111 §5.2.1.2" },
    input:
      request.maxStale === undefined
        ? "the request has no max-stale"
        : `the request said max-stale=${request.maxStale}${
            directives.sMaxage === undefined ? "" : ", which s-maxage in the response overrides (§5.2.2.10)"
          }`,
    answer: use === "as-is" ? "yes" : "no",
  };
  return [permitted, behind, asIs];
}

/** RFC 9111 §5.2.1.7: asked only where nothing stored will do. */
function askable({ onlyIfCached }: RequestDirectives, { neverAsks }: Policy): readonly AskedRule[] {
  const asked = { rule: "origin-may-be-asked", section: "RFC 9111 §5.2.1.7" } as const;
  if (neverAsks === true && !onlyIfCached) {
    const input = "the proxy is offline";
    return [
      {
        ...asked,
        section: "--offline",
        input,
        answer: "no",
        change: "put the proxy online, or start it without --offline",
      },
    ];
  }
  return onlyIfCached
    ? [{ ...asked, input: "the request said only-if-cached", answer: "no", change: "ask without only-if-cached" }]
    : [{ ...asked, input: "the request has no only-if-cached", answer: "yes" }];
}

function completionRule({ reading }: StoredResponse, decision: Reuse): AskedRule {
  const proof = reading.strongValidator === undefined ? "no strong validator" : "a strong validator";
  return {
    ...{ rule: "part-can-be-completed", section: "RFC 9111 §3.4" },
    input: `the part that is stored has ${proof}`,
    answer: decision.type === "complete" ? "yes" : "no",
  };
}

function standInRule({ onError }: Extract<Reuse, { type: "validate" }>): AskedRule {
  return {
    ...{ rule: "stands-in-on-error", section: onError === "error" ? "RFC 5861 §4" : "RFC 9111 §4.2.4" },
    input:
      onError === "never"
        ? "a directive forbids to use it unvalidated, whatever becomes of the origin"
        : onError === "error"
          ? "stale-if-error: also where the origin answers 500, 502, 503 or 504"
          : "where the origin cannot be reached",
    answer: onError === "never" ? "no" : "yes",
  };
}

function seconds(ms: Milliseconds): string {
  return `${Math.floor(ms / 1000)}s`;
}
