import type { AskedRule, StoringRuleName } from "./asked-rule.ts";
import type { BypassReason } from "./bypass.ts";
import { isGuessed } from "./freshness.ts";
import {
  type NoStoreReason,
  type NotKept,
  STORING_RULES,
  type Storable,
  type StoringRequest,
  storable,
} from "./storable.ts";
import type { Reading } from "./stored.ts";

/** Whether a response may be stored, and each rule that was asked, in that order. */
export type ExplainedStorable = { readonly decision: Storable; readonly rules: readonly AskedRule[] };

/**
 * Decides as {@link storable} does, and tells which rules it asked.
 * @param vary the response's Vary field value or null
 */
export function explainStorable(request: StoringRequest, reading: Reading, vary: string | null): ExplainedStorable {
  const decision = storable(request, reading, vary);
  const end = STORING_RULES.findIndex(({ forbids }) => forbids(request, reading, vary));
  const asked = end < 0 ? STORING_RULES : STORING_RULES.slice(0, end + 1);
  const rules = asked.map(({ reason }, i): AskedRule => {
    const { rule, section, change } = STORING[reason];
    const question = { rule, section, input: inputOf(reason, request, reading, vary) };
    return i === end ? { ...question, answer: "no", change } : { ...question, answer: "yes" };
  });
  return { decision, rules };
}

/** Why something was not stored, for a person. */
export type Reason = {
  readonly section: string;
  /** What it was. */
  readonly says: string;
  readonly change: string;
};

/** What a word stands for that Cache-Status's `detail` gives as the reason that an answer was not stored; undefined where it is none. */
export function reasonOf(word: string): Reason | undefined {
  const reasons: Readonly<Record<string, Reason>> = { ...STORING, ...OTHERS };
  if (!Object.hasOwn(reasons, word)) return undefined;
  const { section, says, change } = reasons[word] ?? STORING["no-store"];
  return { section, says, change };
}

const STORING: Readonly<Record<NoStoreReason, Reason & { readonly rule: StoringRuleName }>> = {
  method: {
    rule: "method-can-be-stored",
    section: "RFC 9110 §9.2.3",
    says: "the method is none whose answers are stored",
    change: "ask by GET or HEAD",
  },
  "partial-content": {
    rule: "part-says-which",
    section: "RFC 9111 §3.3",
    says: "the response is a 206 that does not say which part it is, or that nobody asked for",
    change: "let the origin send Content-Range, and parts only to who asks for one",
  },
  "range-not-satisfiable": {
    rule: "range-was-satisfiable",
    section: "RFC 9110 §15.5.17",
    says: "the response is a 416, which says nothing of requests for other parts",
    change: "ask for a part that there is",
  },
  "not-modified": {
    rule: "is-a-full-response",
    section: "RFC 9111 §4.3.3",
    says: "the response is a 304 to the client's own conditions",
    change: "ask without If-None-Match and If-Modified-Since",
  },
  "request-no-store": {
    rule: "request-permits-storing",
    section: "RFC 9111 §5.2.1.5",
    says: "the request said `no-store`",
    change: "ask without Cache-Control: no-store",
  },
  "status-not-understood": {
    rule: "status-is-understood",
    section: "RFC 9111 §5.2.2.3",
    says: "the response said `must-understand`, and its status is not one that is understood here",
    change: "let the origin leave out must-understand, or answer with a registered status",
  },
  "no-store": {
    rule: "response-permits-storing",
    section: "RFC 9111 §5.2.2.5",
    says: "the response said `no-store`",
    change: "let the origin leave out no-store",
  },
  private: {
    rule: "not-private",
    section: "RFC 9111 §5.2.2.7",
    says: "the response said `private`",
    change: "let the origin leave out private where the answer is the same for all, or say private only of some fields",
  },
  authorization: {
    rule: "authorized-for-all",
    section: "RFC 9111 §3.5",
    says: "the request has Authorization, and the response neither public, s-maxage nor must-revalidate",
    change: "let the origin say public, s-maxage or must-revalidate, or ask without Authorization",
  },
  personal: {
    rule: "stated-or-for-nobody-in-particular",
    section: "RFC 9111 §4.2.2",
    says: "the request says who sends it (Authorization, Cookie, an API key …), or the response sets a cookie, and the response states no lifetime",
    change: "let the origin say public or state a lifetime (max-age, s-maxage), or ask without credentials",
  },
  "status-not-cacheable": {
    rule: "status-is-cacheable",
    section: "RFC 9111 §3",
    says: "the status is none that may be stored without the response saying so, or none at all that may (428, 429, 431, 511)",
    change:
      "let the origin state a lifetime (max-age, s-maxage) or say public; RFC 6585 has 428, 429, 431 and 511 never stored",
  },
  "vary-star": {
    rule: "vary-names-fields",
    section: "RFC 9111 §4.1",
    says: "the response said Vary: *, or named a field in it that the proxy writes itself",
    change: "let the origin name the fields that its answer depends on",
  },
  "no-lifetime-and-no-validator": {
    rule: "of-use-once-stored",
    section: "RFC 9111 §3",
    says: "the response is never fresh and has nothing to validate it by: stored it would be of no use",
    change:
      "let the origin state a lifetime, or send an ETag or Last-Modified; --ttl gives a lifetime to what states none",
  },
};

/** Why a content is no part of a key. */
type OfContent = "query-too-large" | "content-unreadable" | "graphql-not-query";

/** What else keeps a response from being stored. */
const OTHERS: Readonly<Record<Exclude<NotKept, NoStoreReason> | BypassReason | OfContent, Reason>> = {
  "too-large": {
    section: "--max-entry-size",
    says: "the response is larger than one entry may be",
    change: "a larger --max-entry-size",
  },
  "too-many-tags": {
    section: "Cache-Tag",
    says: "the response has more tags than can be kept track of",
    change: "fewer or shorter tags",
  },
  "end-not-provable": {
    section: "RFC 9112 §6.3",
    says: "the response has neither Content-Length nor chunks: nobody can tell whether it was complete",
    change: "let the origin send Content-Length or chunks",
  },
  "request-at-fault": {
    section: "RFC 9110 §15.5",
    says: "the error finds fault with the request that was sent, and something good is stored for others",
    change: "ask as others do, or purge what is stored",
  },
  invalidated: {
    section: "RFC 9111 §4.4",
    says: "it was invalidated or purged while the answer was on its way",
    change: "nothing: the next answer is stored",
  },
  "ambiguous-url": {
    section: "RFC 3986 §2",
    says: "the URL has bytes that are not UTF-8: distinct ones would have one key",
    change: "percent-encode the URL as UTF-8",
  },
  "precondition-for-origin": {
    section: "RFC 9111 §4.3.2",
    says: "the request has If-Match or If-Unmodified-Since, which is for the origin to evaluate",
    change: "ask without them",
  },
  "query-too-large": {
    section: "RFC 10008 §2.7",
    says: "the content of the query is larger than is kept",
    change: "a smaller content, or for a POST a larger key.body.maxSize in the rule",
  },
  "content-unreadable": {
    section: "key.body",
    says: "the content is not of the type that a rule says it is",
    change: "another key.body in the rule",
  },
  "graphql-not-query": {
    section: "key.body",
    says: "the content is a GraphQL mutation or subscription, or is not sure to be a query",
    change: "nothing: what may change something is never stored",
  },
};

/** What a rule looked at. */
function inputOf(
  reason: NoStoreReason,
  { method, headers, range, directives: asked }: StoringRequest,
  reading: Reading,
  vary: string | null,
): string {
  const { status, directives, lifetime } = reading;
  switch (reason) {
    case "method":
      return method;
    case "partial-content":
      return status === 206
        ? `status 206, ${range === undefined ? "no Range asked" : "a Range asked"}`
        : `status ${status}`;
    case "range-not-satisfiable":
    case "not-modified":
      return `status ${status}`;
    case "request-no-store":
      return asked.noStore ? "the request said no-store" : "the request has no no-store";
    case "status-not-understood":
      return directives.mustUnderstand ? `must-understand, status ${status}` : "the response has no must-understand";
    case "no-store":
      return directives.noStore ? "the response said no-store" : "the response has no no-store";
    case "private":
      return directives.private === true
        ? "the response said private"
        : directives.private === false
          ? "the response has no private"
          : `private of ${directives.private.join(", ")} alone`;
    case "authorization":
      return headers.has("authorization") ? `Authorization; ${statedText(reading)}` : "no Authorization";
    case "personal":
      return reading.personal ? `for somebody in particular; ${statedText(reading)}` : "for nobody in particular";
    case "status-not-cacheable":
      return `status ${status}; ${statedText(reading)}`;
    case "vary-star":
      return vary === null ? "no Vary" : `Vary: ${vary}`;
    case "no-lifetime-and-no-validator":
      return [
        `fresh for ${Math.floor(lifetime.ms / 1000)}s${isGuessed(lifetime) ? " by a guess" : ""}`,
        ...(reading.etag === undefined ? [] : ["ETag"]),
        ...(reading.lastModified === undefined ? [] : ["Last-Modified"]),
      ].join(", ");
  }
}

/** What a response says for itself. */
function statedText({ directives, expires }: Reading): string {
  const said = [
    ...(directives.public ? ["public"] : []),
    ...(directives.sMaxage === undefined ? [] : [`s-maxage=${directives.sMaxage}`]),
    ...(directives.maxAge === undefined ? [] : [`max-age=${directives.maxAge}`]),
    ...(directives.mustRevalidate ? ["must-revalidate"] : []),
    ...(expires === undefined ? [] : ["Expires"]),
  ];
  return said.length === 0 ? "the response says nothing of its storing" : `the response said ${said.join(", ")}`;
}
