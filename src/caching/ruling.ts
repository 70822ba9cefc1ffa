import type { ForwardReason } from "../http/cache-status.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Detail } from "../http/detail.ts";
import { isCacheable } from "../http/method.ts";
import { formatRange } from "../http/range.ts";
import type { AskedRule } from "./asked-rule.ts";
import { type BypassReason, bypassReason } from "./bypass.ts";
import { explainReuse } from "./explain-reuse.ts";
import type { CacheKey } from "./key.ts";
import type { Moment } from "./moment.ts";
import type { Policy } from "./policy.ts";
import type { Doubt, Reuse, StaleOnError } from "./reuse.ts";
import type { ReusingRequest } from "./selection.ts";
import type { StoredResponse } from "./stored.ts";

/** What would be done with a request: {@link Reuse} without what it is done with, or that the cache does not look at all. */
export type Verdict =
  | { readonly type: "bypass"; readonly fwd: "method" | "bypass"; readonly detail?: BypassReason | "rule" }
  /** Something that stands before the cache answers. */
  | { readonly type: "answered"; readonly detail: Detail }
  | { readonly type: "fresh"; readonly ageSeconds: Seconds; readonly ttlSeconds: Seconds }
  | {
      readonly type: "stale";
      readonly ageSeconds: Seconds;
      readonly ttlSeconds: Seconds;
      readonly revalidate: boolean;
    }
  | {
      readonly type: "validate";
      readonly fwd: ForwardReason;
      readonly detail: Exclude<Doubt, "none">;
      readonly onError: StaleOnError;
    }
  | { readonly type: "complete"; readonly fwd: "partial"; readonly missing: string }
  | { readonly type: "forward"; readonly fwd: ForwardReason }
  | { readonly type: "gateway-timeout" };

/** A verdict with its reasons. */
export type Ruling = {
  readonly verdict: Verdict;
  /** The reason in a sentence without a full stop. */
  readonly because: string;
  /** Each rule that was asked, in that order. */
  readonly rules: readonly AskedRule[];
  /** What would make it another one, each a sentence without a full stop. */
  readonly changes: readonly string[];
  /** What is stored that it is about. */
  readonly selected: StoredResponse | undefined;
};

/** What is done with a request before the cache is asked, by the config file's rules or by fixtures. */
export type Earlier = {
  readonly verdict: Extract<Verdict, { readonly type: "answered" | "bypass" }>;
  /** Who says so: `rules[2]` of the config, or a fixture's file; a sentence without a full stop. */
  readonly because: string;
  /** Where that is written, as the clause of an RFC is for the cache's own rules. */
  readonly section: "config file" | "fixtures";
  readonly change: string;
};

/** What of a ruling is another one where the cache is not asked. */
export function rulingBefore({ verdict, because, section, change }: Earlier): Omit<Ruling, "selected"> {
  const asked: AskedRule = { rule: "cache-is-asked", section, input: because, answer: "no", change };
  return { verdict, because, rules: [asked], changes: [change] };
}

/** What a ruling asks of a request. */
export type RuledRequest = Omit<ReusingRequest, "method"> & {
  readonly method: string;
  readonly headers: Headers;
  readonly key: CacheKey;
};

/**
 * Rules on a request as the cache does, and says why.
 * @param variants the responses stored under its key, most recent first
 */
export function ruling(
  request: RuledRequest,
  variants: readonly StoredResponse[],
  now: Moment,
  policy: Policy,
): Ruling {
  const { method, headers, key } = request;
  const cached = { rule: "method-is-cached", section: "RFC 9110 §9.2.3", input: method } as const;
  if (!isCacheable(method)) {
    const change = "ask by GET or HEAD: answers to other methods are passed on";
    return bypass({ type: "bypass", fwd: "method" }, [{ ...cached, answer: "no", change }]);
  }
  const detail = bypassReason(headers, key);
  const before = [{ ...cached, answer: "yes" } as const, ...bypassRules(detail)];
  if (detail !== undefined) return bypass({ type: "bypass", fwd: "bypass", detail }, before);
  const { decision, rules } = explainReuse({ ...request, method }, variants, now, policy);
  const asked = [...before, ...rules];
  return {
    verdict: verdictOf(decision),
    because: becauseOf(decision, asked),
    rules: asked,
    changes: decision.type === "fresh" ? [] : changesOf(asked),
    selected: "stored" in decision ? decision.stored : undefined,
  };
}

/** A decision without the response that it is about. */
function verdictOf(decision: Reuse): Verdict {
  switch (decision.type) {
    case "fresh":
      return { type: "fresh", ageSeconds: decision.age, ttlSeconds: decision.ttl };
    case "stale": {
      const { age, ttl, revalidate } = decision;
      return { type: "stale", ageSeconds: age, ttlSeconds: ttl, revalidate };
    }
    case "validate":
      return { type: "validate", fwd: decision.fwd, detail: decision.why, onError: decision.onError };
    case "complete":
      return { type: "complete", fwd: "partial", missing: formatRange(decision.missing) };
    case "forward":
      return { type: "forward", fwd: decision.fwd };
    case "gateway-timeout":
      return { type: "gateway-timeout" };
  }
}

function bypass(verdict: Extract<Verdict, { type: "bypass" }>, rules: readonly AskedRule[]): Ruling {
  const asked = verdict.fwd === "method" ? rules.at(-1)?.input : `a request with this (${rules.at(-1)?.input})`;
  const because = `${asked} is passed on without a look at what is stored`;
  return { verdict, because, rules, changes: changesOf(rules), selected: undefined };
}

function bypassRules(reason: BypassReason | undefined): readonly AskedRule[] {
  const url = { rule: "url-is-unambiguous", section: "RFC 3986 §2" } as const;
  if (reason === "ambiguous-url") {
    const input = "the URL has bytes that are not UTF-8";
    return [{ ...url, input, answer: "no", change: "percent-encode the URL as UTF-8" }];
  }
  const unambiguous: AskedRule = { ...url, input: "the URL is UTF-8", answer: "yes" };
  const precondition = { rule: "no-precondition-for-origin", section: "RFC 9111 §4.3.2" } as const;
  if (reason === undefined) {
    return [unambiguous, { ...precondition, input: "neither If-Match nor If-Unmodified-Since", answer: "yes" }];
  }
  const input = "If-Match or If-Unmodified-Since";
  return [unambiguous, { ...precondition, input, answer: "no", change: "ask without them" }];
}

function becauseOf(decision: Reuse, rules: readonly AskedRule[]): string {
  // One that says nothing of a change was made up for by another.
  const refusing = rules.find(({ answer, change }) => answer === "no" && change !== undefined);
  switch (decision.type) {
    case "fresh":
      return `what is stored is fresh for ${decision.ttl}s more`;
    case "stale":
      return decision.revalidate
        ? `what is stored is stale for ${-decision.ttl}s, and may be used while it is validated (stale-while-revalidate)`
        : `what is stored is stale for ${-decision.ttl}s, which the request accepts (max-stale)`;
    case "validate":
      return inputOf(refusing, "what is stored is validated first");
    case "complete":
      return "a part is stored, and the origin is asked for what it lacks";
    case "forward":
      return decision.fwd === "uri-miss"
        ? "nothing is stored under this key"
        : inputOf(refusing, "the origin is asked");
    case "gateway-timeout":
      return `the request said \`only-if-cached\`, and nothing that is stored will do: ${inputOf(refusing, "504")}`;
  }
}

function inputOf(rule: AskedRule | undefined, consequence: string): string {
  return rule === undefined ? consequence : `${rule.input}: ${consequence}`;
}

function changesOf(rules: readonly AskedRule[]): readonly string[] {
  return rules.flatMap(({ answer, change }) => (answer === "no" && change !== undefined ? [change] : []));
}
