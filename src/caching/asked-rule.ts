/** A question of RFC 9111 as it was asked of one request: what was looked at, and what came of it. `yes` speaks for an answer from the cache. */
export type AskedRule = {
  readonly rule: RuleName;
  /** Where it stands, e.g. `RFC 9111 §4.2`, or `config file`. */
  readonly section: string;
  /** What was looked at. */
  readonly input: string;
  readonly answer: "yes" | "no";
  /** What would turn a `no` that counts into a `yes`. */
  readonly change?: string;
};

/** What is asked, as the sentence that `yes` makes true. */
export type RuleName =
  // Of what stands before the cache.
  | "cache-is-asked"
  // Of the request alone.
  | "method-is-cached"
  | "url-is-unambiguous"
  | "no-precondition-for-origin"
  // Of what lies under its key.
  | "something-is-stored"
  | "method-fits"
  | "lifetime-is-for-all"
  | "name-matches"
  | "fields-match"
  | "language-is-preferred"
  | "part-suffices"
  // Of the response that is selected.
  | "request-permits-stored"
  | "response-permits-unvalidated"
  | "young-enough"
  | "fresh"
  | "fresh-long-enough"
  | "stale-is-permitted"
  | "within-stale-while-revalidate"
  | "within-max-stale"
  | "origin-may-be-asked"
  | "part-can-be-completed"
  | "stands-in-on-error"
  // Of a response that comes.
  | StoringRuleName;

/** What is asked of a response before it is stored. */
export type StoringRuleName =
  | "method-can-be-stored"
  | "part-says-which"
  | "range-was-satisfiable"
  | "is-a-full-response"
  | "request-permits-storing"
  | "status-is-understood"
  | "response-permits-storing"
  | "not-private"
  | "authorized-for-all"
  | "stated-or-for-nobody-in-particular"
  | "status-is-cacheable"
  | "vary-names-fields"
  | "of-use-once-stored";

/** So many of something, for a person. */
export function counted(count: number, one: string, several: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${several}`;
}
