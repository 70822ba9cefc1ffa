import type { QueryMethod } from "../caching/key.ts";
import type { ContentReading } from "../caching/keyed-content.ts";
import { queryDigest } from "../caching/query.ts";
import { METHOD_OVERRIDES } from "../http/claims.ts";
import { contentOf } from "../http/content.ts";
import type { Incoming, Reply } from "../http/exchange.ts";
import { type Ask, askQuery, type Destination } from "./ask.ts";
import { failureReply } from "./failure.ts";
import type { Pass } from "./pass.ts";

/** Answers a request that asks by its content. `how`: what a rule says of that. */
export type Query = (
  incoming: Incoming,
  method: QueryMethod,
  to: Destination,
  how: ContentReading | undefined,
) => Promise<Reply>;

/** What answering by content works with. */
export type QueryingParts = {
  /** Answers from what is stored, or by asking the origin. */
  readonly answer: (asked: Ask) => Reply | Promise<Reply>;
  readonly pass: Pass;
};

/** Reads a request's content, by which it is known, and answers it; what turns out to be no query is passed on. */
export function querying({ answer, pass }: QueryingParts): Query {
  return async (incoming, method, to, how) => {
    const content = await contentOf(incoming, how?.maxSize ?? MAX_QUERY_BYTES);
    switch (content.type) {
      case "whole": {
        const { bytes } = content;
        const { headers, url } = incoming;
        const read =
          how?.digestOf(bytes, headers, url) ?? ({ type: "query", digest: queryDigest(bytes, headers) } as const);
        if (read.type === "query") return answer(askQuery(incoming, bytes, to, read.digest, method));
        return pass({ ...incoming, content: new Blob([bytes]) }, to, passedAs(method), read.why);
      }
      case "too-large":
        return pass({ ...incoming, content: content.body }, to, "bypass", "query-too-large");
      case "broken":
        return failureReply({ ...content, type: "aborted" }, "bypass", to.origin.origin);
    }
  };
}

/** A POST that is no query is one like any other. */
function passedAs(method: QueryMethod): "method" | "bypass" {
  return method === "POST" ? "method" : "bypass";
}

/**
 * Whether a POST is for the origin to evaluate, whatever a rule says of it: to one whose condition holds a 412 is the answer and no 304
 * (RFC 9110 §13.1.2), and some servers take another method from a field.
 */
export function isForOrigin(headers: Headers): boolean {
  return FOR_ORIGIN.some((name) => headers.has(name));
}

const FOR_ORIGIN = [...["if-none-match", "if-modified-since", "if-range", "range"], ...METHOD_OVERRIDES];

/** The content of a QUERY is read and held up to this size; beyond it nothing is stored. */
const MAX_QUERY_BYTES = 64 * 1024;
