import { type CacheStatus, xCache } from "../http/cache-status.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Incoming, Reply, ResponseParts } from "../http/exchange.ts";
import { isWithoutBody } from "../http/status.ts";

/** How an exchange ended, in one word: X-Cache's, or that we answered for an origin that did not. */
export type Outcome = "hit" | "miss" | "stale" | "revalidated" | "bypass" | "error";

/** What is known of one exchange once its answer is on its way: log and counters print this and nothing else. */
export type ExchangeRecord = {
  readonly at: Instant;
  readonly method: string;
  /** As the client asked, whose path and query are what counts. */
  readonly url: URL;
  /** Whether others share that object: else who keeps it does better to keep its text, which weighs a tenth. */
  readonly comesAgain?: boolean | undefined;
  /** The request's fields, for sinks to look at: who keeps a record leaves them out, and `client` as well. */
  readonly headers: Headers;
  /** Looked up when asked for. */
  readonly client: () => string;
  readonly status: number;
  readonly outcome: Outcome;
  readonly cacheStatus: CacheStatus | undefined;
  /** Until the answer's header section was ready. */
  readonly durationMs: Milliseconds;
  readonly originMs: Milliseconds | undefined;
  /** Length of the answer's content where it is known when it starts; undefined while it streams without an announced length. */
  readonly bytes: number | undefined;
  /** The lane that it passed in; undefined in the default one, and where there are none. */
  readonly lane?: string | undefined;
};

/** Sums up an exchange. */
export function recordOf(
  incoming: Incoming,
  reply: Reply,
  at: Instant,
  durationMs: Milliseconds,
  lane?: string,
): ExchangeRecord {
  const { request, url } = incoming;
  const { response, cacheStatus } = reply;
  return {
    at,
    method: request.method,
    url,
    comesAgain: incoming.comesAgain,
    headers: incoming.headers,
    client: incoming.client,
    status: response.status,
    outcome: outcomeOf(cacheStatus),
    cacheStatus,
    durationMs,
    originMs: reply.originMs,
    bytes: request.method === "HEAD" || isWithoutBody(response.status) ? 0 : bytesOf(response),
    lane,
  };
}

/** How a request ended that the cache handled so. */
export function outcomeOf(cacheStatus: CacheStatus | undefined): Outcome {
  // An answer of our own to what is no matter of the origin's: PURGE.
  if (cacheStatus === undefined) return "bypass";
  if (cacheStatus.type === "forward" && cacheStatus.status === undefined) return "error";
  const word = xCache(cacheStatus);
  if (cacheStatus.type === "none" && word !== "BYPASS") return "error";
  switch (word) {
    case "HIT":
      return "hit";
    case "MISS":
      return "miss";
    case "STALE":
      return "stale";
    case "REVALIDATED":
      return "revalidated";
    case "BYPASS":
      return "bypass";
  }
}

function bytesOf({ headers, body }: ResponseParts): number | undefined {
  if (body instanceof Blob) return body.size;
  const length = headers.get("content-length");
  if (length !== null) return Number(length);
  return body === null ? 0 : undefined;
}
