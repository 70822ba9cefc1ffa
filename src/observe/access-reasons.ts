import type { ForwardReason } from "../http/cache-status.ts";
import type { Detail } from "../http/detail.ts";
import { rememberedTexts } from "../http/remembered.ts";

/** Why the origin was asked, with the clause. */
const ASKED = {
  "uri-miss": "nothing is stored for this URL (RFC 9111 §4)",
  "vary-miss": "what is stored for this URL answers other requests (RFC 9111 §4.1)",
  miss: "what is stored for this URL may not answer this request (RFC 9111 §4)",
  stale: "what is stored may not be used without asking (RFC 9111 §4.3)",
  request: "the request wants the origin to be asked (RFC 9111 §5.2.1)",
  partial: "only a part of it is stored (RFC 9111 §3.3)",
  bypass: "the request goes past the cache",
} as const satisfies Record<Exclude<ForwardReason, "method">, string>;

/** Why what is stored was not used without asking; each says more than the word before it. */
const DOUBTS = {
  "request-no-cache": "the request says no-cache (RFC 9111 §5.2.1.4)",
  "no-cache": "what is stored says no-cache, so that it is validated before each use (RFC 9111 §5.2.2.4)",
  "request-max-age": "what is stored is older than the request's max-age (RFC 9111 §5.2.1.1)",
  expired: "what is stored is no longer fresh (RFC 9111 §4.2)",
  "request-min-fresh": "what is stored stays fresh for less than the request's min-fresh (RFC 9111 §5.2.1.3)",
} as const satisfies Partial<Record<Detail, string>>;

/** What else there is to say, with the clause. */
const DETAILS = {
  ...DOUBTS,
  method: "not stored: responses to this method are not (RFC 9110 §9.2.3)",
  "partial-content":
    "not stored: a partial response that nobody asked for, or that does not say which part (RFC 9111 §3.3)",
  "range-not-satisfiable": "not stored: it is about one range, not about the resource (RFC 9110 §15.5.17)",
  "not-modified": "not stored: it answers a condition of the client's own (RFC 9110 §15.4.5)",
  "request-no-store": "not stored: the request says no-store (RFC 9111 §5.2.1.5)",
  "no-store": "not stored: the response says no-store (RFC 9111 §5.2.2.5)",
  private: "not stored: the response says private (RFC 9111 §5.2.2.7)",
  authorization:
    "not stored: the request has Authorization, and the response does not say that others may have it (RFC 9111 §3.5)",
  personal:
    "not stored: the request says who sends it, or a cookie is set, and no lifetime is stated (stricter than RFC 9111 §3)",
  "vary-star": "not stored: Vary is *, so that it answers no other request (RFC 9111 §4.1)",
  "status-not-understood": "not stored: must-understand, and the status is not known here (RFC 9111 §5.2.2.3)",
  "status-not-cacheable": "not stored: no lifetime is stated, and of this status none may be guessed (RFC 9111 §4.2.2)",
  "no-lifetime-and-no-validator":
    "not stored: it is never fresh, and there is nothing to validate it by (RFC 9111 §4.2)",
  "too-large": "not stored: it is larger than --max-entry-size",
  "too-many-tags": "not stored: with so many tags a purge could miss it",
  "end-not-provable":
    "not stored: it ends with the connection, so that nobody can tell whether it is all (RFC 9112 §8)",
  "request-at-fault": "not stored: it finds fault with this one request, and something good is stored (RFC 9110 §15.5)",
  invalidated: "not stored: it was invalidated while it was on its way (RFC 9111 §4.4)",
  "origin-unreachable": "the origin gave no response (RFC 9110 §15.6.3)",
  "origin-timeout": "the origin took longer than --timeout (RFC 9110 §15.6.5)",
  "client-left": "the client left, or sent nothing more of its request, before the origin answered",
  loop: "the origin leads back here (RFC 9110 §7.6.3)",
  "method-not-supported": "this method cannot be passed on (RFC 9110 §15.6.2)",
  "origin-rate-limited": "the origin wants to be left alone for a while, so that it was not asked (RFC 6585 §4)",
  "origin-overloaded":
    "the origin is overloaded and said when to come back, so that it was not asked (RFC 9110 §15.6.4)",
  "origin-quota-low": "little is left of the origin's quota, so that it was not asked",
  overloaded: "as much is under way as --max-origin-connections or the system allows, so that the origin was not asked",
  "circuit-open": "the origin failed several times in a row, so that it was not asked",
  "ambiguous-url": "other URLs look the same once they are read, so that it has no key of its own",
  "precondition-for-origin": "If-Match and If-Unmodified-Since are for the origin to evaluate (RFC 9110 §13.1)",
  "query-too-large": "the request has more content than can be part of a key (RFC 10008)",
  "content-unreadable": "a rule has the content be part of the key, and it is not what the rule says that it is",
  "graphql-not-query": "a GraphQL mutation, a subscription, or nothing of which it is sure that it is a query",
  websocket: "it becomes a WebSocket (RFC 6455)",
  "only-if-cached": "the request says only-if-cached, and nothing that is stored may answer it (RFC 9111 §5.2.1.7)",
  "internal-error": "an error in the proxy; standard error says which",
  "bad-request": "the request is not clear about what it asks (RFC 9110 §15.5.1)",
  "stale-if-error": "the origin failed, and stale-if-error lets what is stored stand in (RFC 5861 §4)",
  "validation-failed": "the origin's answer to a validation was of no use, what is stored stays (RFC 5861 §3)",
  rule: "a rule of the config file says so",
  "cors-preflight": "a rule of the config file answers preflights (Fetch Standard, CORS protocol)",
  "fault-status": "a rule of the config file has it fail by an error",
  "fault-reset": "a rule of the config file has the connection reset",
  "fault-empty": "a rule of the config file has the connection closed without an answer",
  "fault-timeout": "a rule of the config file has it wait until the client leaves",
  offline: "the origin is not asked: the proxy is offline",
  fixture: "a file in the folder of --fixtures answered",
  "fixture-broken": "the fixture for it cannot be read; standard error says why",
  unrecorded: "there is no fixture for it, and nothing else may answer (--frozen)",
  heuristic: "no lifetime is stated, this one is a guess (RFC 9111 §4.2.2)",
} as const satisfies Record<Detail, string>;

/** All words that stand in Cache-Status's `detail`. */
export const DETAIL_WORDS: readonly string[] = Object.keys(DETAILS);

/** Another client's request brought what this one waited for. */
const COLLAPSED = { collapsed: "another client's request for the same was under way (RFC 9211 §2.6)" } as const;

const SENTENCES: ReadonlyMap<string, string> = new Map(Object.entries({ ...ASKED, ...DETAILS, ...COLLAPSED }));

/** Few combinations come again and again. */
const COMBINATIONS = 200;

/** A decision's words, as `whyOf` gives them, in words that a person understands; one that is not known stands for itself. */
export const explained = rememberedTexts(COMBINATIONS, (why: string): string => {
  const words = why.split(", ");
  const [first, second = ""] = words;
  if (first === "vary-miss" && second !== "" && !SENTENCES.has(second)) return differenceIn(second);
  // What a doubt says, the word before it says less exactly.
  return (Object.hasOwn(DOUBTS, second) ? words.slice(1) : words).map((word) => SENTENCES.get(word) ?? word).join("; ");
});

/** Of a vary-miss Cache-Status names the field; `host` is the name and port by which the proxy was asked. */
function differenceIn(field: string): string {
  const by = field === "host" ? "by another name or port of this proxy" : `with another ${field}`;
  return `what is stored for this URL was asked for ${by} (RFC 9111 §4.1)`;
}
