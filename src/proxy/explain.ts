import { type IgnoredQuery, keptUrl } from "../caching/ignored-query.ts";
import type { Clock } from "../caching/moment.ts";
import type { Incoming } from "../http/exchange.ts";
import { isCacheable } from "../http/method.ts";
import { type ExplainingParts, type Explanation, explainFrom, type Supposed } from "../store/explanation.ts";
import type { Guidance } from "./amend.ts";
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
    const prepared = prepare(incomingOf(supposed));
    const incoming = { ...prepared, url: keptUrl(prepared.url, ignored) };
    const { origin, ...asked } = ask(incoming, "GET", destinationOf(incoming));
    const { method } = supposed;
    const read = isCacheable(method) ? ask(incoming, method, { ...asked, origin }) : { ...asked, method };
    return explainFrom({ ...parts, origin }, supposed, read, clock());
  };
}

/** Whether a request is known by its content, which nobody tells who asks about it. */
export function askingByContent({ asksByContent }: Pick<Guidance, "asksByContent">): (supposed: Supposed) => boolean {
  return (supposed) => asksByContent(incomingOf(supposed), supposed.method);
}

/** Methods by which a request can be made that nobody sends; by others that is refused, or they become GET. */
const MAKEABLE = new Set(["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** A request that nobody has made as the front would give it. */
export function incomingOf({ url, method, headers }: Supposed): Incoming {
  const fields = new Headers(headers.map(([name, value]): [string, string] => [name, value]));
  const request = new Request(url, MAKEABLE.has(method) ? { method } : {});
  return { request, url: new URL(url), headers: fields, client: () => "" };
}
