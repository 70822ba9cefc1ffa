import type { KeyedContent } from "../caching/keyed-content.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Match } from "./match.ts";

/** Fields to set, by name in lower case; null takes one away. */
export type FieldChanges = Readonly<Record<string, string | null>>;

/** How long an answer is held back. */
export type Delay =
  | { readonly type: "fixed"; readonly ms: Milliseconds }
  /** Any length between both, with equal odds. */
  | { readonly type: "range"; readonly min: Milliseconds; readonly max: Milliseconds }
  /** Half of all are shorter than the median; sigma says how long the tail is (0.5: one of a hundred takes three times as long). */
  | { readonly type: "lognormal"; readonly median: Milliseconds; readonly sigma: number }
  /** As long as the origin took when the fixture that answers was recorded; other answers are not held back. */
  | { readonly type: "recorded" };

/** How a connection or an answer is broken. */
export type Fault = {
  readonly type: "reset" | "empty" | "truncated" | "malformed" | "timeout" | "status";
  /** The share of requests that meet it, from 0 to 1. */
  readonly rate: number;
  /** Of type `status` alone. */
  readonly status: number;
  readonly retryAfter: Milliseconds | undefined;
};

/** Who of other origins may read answers (the CORS protocol of the Fetch Standard). */
export type Cors = {
  /** Whole origins, `*` in them for anything; undefined is any, which is never so with credentials. */
  readonly origins: readonly string[] | undefined;
  /** Methods and request fields; undefined is whatever a preflight asks for. */
  readonly methods: readonly string[] | undefined;
  readonly headers: readonly string[] | undefined;
  /** Fields of the answer that a page may read; undefined is all that it has. */
  readonly expose: readonly string[] | undefined;
  readonly credentials: boolean;
  /** How long a browser may remember a preflight's answer. */
  readonly maxAge: Milliseconds | undefined;
};

/** What becomes of the attributes of cookies. */
export type Cookies = {
  /** Stands in for the Domain that a cookie has; null takes it away, undefined leaves it. */
  readonly domain: string | null | undefined;
  /** Whether cookies have Secure; undefined leaves them as they are. */
  readonly secure: boolean | undefined;
};

/** A body that we make ourselves. */
export type OwnBody = { readonly text: string; readonly type: string };

/** What a rule can say, by the names that a person writes. Of the fields each is a property of its own: of several rules that set one the first wins. */
export type Values = {
  /** Who is asked instead of --origin; with its base path. */
  readonly origin: URL;
  /** The lifetime of successes, whatever the origin says of it. */
  readonly ttl: Milliseconds;
  readonly staleWhileRevalidate: Milliseconds;
  readonly staleIfError: Milliseconds;
  /** Nothing is answered from the cache, nor stored. */
  readonly cache: false;
  /** Query parameters that are dropped; `*` at the end for whatever follows. */
  readonly "key.ignore": readonly string[];
  /** Whether the order of the query's parameters makes a difference. */
  readonly "key.query": "sorted" | "exact";
  /** A POST is a query, known by its content. */
  readonly "key.body": KeyedContent;
  readonly "request.headers": FieldChanges;
  readonly "response.headers": FieldChanges;
  readonly "response.status": number;
  /** The origin is not asked. */
  readonly "response.body": OwnBody;
  readonly cors: Cors;
  readonly cookies: Cookies;
  readonly location: "rewrite";
  readonly delay: Delay;
  /** Bytes of body a second. */
  readonly bandwidth: number;
  readonly fault: Fault;
  /** What is switched on once a request has come that the rule is about. */
  readonly then: Then;
};

/** The scenario that a lane changes to; undefined for none. */
export type Then = { readonly scenario: string | undefined };

/**
 * Whether a rule is about some of those who ask for a URL and not about others. What counts in some scenarios or lanes alone is stored
 * apart anyway (rules/apart.ts).
 */
export function isForSome({ match }: Pick<Rule, "match">): boolean {
  return match.personal;
}

/** A rule as it was checked. */
export type Rule = {
  /** Where a person finds it: `rules[2]`. */
  readonly place: string;
  readonly match: Match;
  /** Counts only while this scenario is switched on. */
  readonly scenario?: string | undefined;
  /** Counts in this lane alone; undefined for the rules of the config, which count in all of them. */
  readonly lane?: string | undefined;
  readonly values: { readonly [Property in keyof Values]?: Values[Property] | undefined };
};
