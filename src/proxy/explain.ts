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

/**
 * @param destinationOf as on the request's path
 * @param prepare what is made of a request there before the cache is given it
 */
export function explaining(
  { ignored, ...parts }: ExplainingParts & { readonly ignored: IgnoredQuery },
  destinationOf: (incoming: Incoming) => Destination,
  clock: Clock,
  prepare: (incoming: Incoming) => Incoming = (incoming) => incoming,
): Explain {
  return (supposed) => {
    const { origin, ...asked } = readSupposed(supposed, ignored, (incoming) => {
      const prepared = prepare(incoming);
      return { incoming: prepared, to: destinationOf(prepared) };
    });
    return explainFrom({ ...parts, origin }, supposed, asked, clock());
  };
}

type Destined = { readonly incoming: Incoming; readonly to: Destination };

/** Reads a request that nobody has made as the cache reads one that somebody has. */
function readSupposed(
  { url, method, headers }: Supposed,
  ignored: IgnoredQuery,
  destined: (incoming: Incoming) => Destined,
): ReadRequest & { readonly origin: URL } {
  const fields = new Headers(headers.map(([name, value]): [string, string] => [name, value]));
  const kept = keptUrl(new URL(url), ignored);
  const request = new Request(kept.href, method === "HEAD" ? { method } : {});
  const { incoming, to } = destined({ request, url: kept, headers: fields, client: () => "" });
  return isCacheable(method) ? ask(incoming, method, to) : { ...ask(incoming, "GET", to), method };
}
