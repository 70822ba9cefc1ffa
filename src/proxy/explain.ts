import { type IgnoredQuery, keptUrl } from "../caching/ignored-query.ts";
import type { Clock } from "../caching/moment.ts";
import type { Incoming } from "../http/exchange.ts";
import { isCacheable } from "../http/method.ts";
import {
  type ExplainingParts,
  type Explanation,
  explainFrom,
  type ReadRequest,
  type Supposed,
} from "../store/explanation.ts";
import { ask, type Destination } from "./ask.ts";

/** Tells what this process would do with a request, from what it has stored. */
export type Explain = (supposed: Supposed) => Promise<Explanation>;

/** @param destinationOf as on the request's path */
export function explaining(
  parts: ExplainingParts,
  destinationOf: (incoming: Incoming) => Destination,
  clock: Clock,
): Explain {
  return (supposed) => explainFrom(parts, supposed, readSupposed(supposed, parts.ignored, destinationOf), clock());
}

/** Reads a request that nobody has made as the cache reads one that somebody has. */
function readSupposed(
  { url, method, headers }: Supposed,
  ignored: IgnoredQuery,
  destinationOf: (incoming: Incoming) => Destination,
): ReadRequest {
  const fields = new Headers(headers.map(([name, value]): [string, string] => [name, value]));
  const kept = keptUrl(new URL(url), ignored);
  const incoming: Incoming = { request: new Request(kept.href), url: kept, headers: fields, client: () => "" };
  const to = destinationOf(incoming);
  return isCacheable(method) ? ask(incoming, method, to) : { ...ask(incoming, "GET", to), method };
}
