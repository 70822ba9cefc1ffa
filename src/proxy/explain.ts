import { type IgnoredQuery, keptUrl } from "../caching/ignored-query.ts";
import type { Clock } from "../caching/moment.ts";
import type { Ruling } from "../caching/ruling.ts";
import type { Incoming } from "../http/exchange.ts";
import { isCacheable } from "../http/method.ts";
import { type ExplainingParts, type Explanation, explainFrom, type Supposed } from "../store/explanation.ts";
import type { Guidance } from "./amend.ts";
import { ask, type Destination } from "./ask.ts";

/** Tells what this process would do with a request, from what it has stored. */
export type Explain = (supposed: Supposed) => Promise<Explanation>;

/**
 * @param destinationOf as on the request's path
 * @param guidance what is made of a request there before the cache is given it, and which ones the cache is not given at all
 */
export function explaining(
  { ignored, ...parts }: ExplainingParts & { readonly ignored: IgnoredQuery },
  destinationOf: (incoming: Incoming) => Destination,
  clock: Clock,
  guidance?: Pick<Guidance, "prepare" | "isPassed">,
): Explain {
  return async (supposed) => {
    const came = incomingOf(supposed);
    const isPassed = guidance?.isPassed(came) === true;
    const prepared = guidance?.prepare(came) ?? came;
    const incoming = { ...prepared, url: keptUrl(prepared.url, ignored) };
    const { origin, ...asked } = ask(incoming, "GET", destinationOf(incoming));
    const { method } = supposed;
    const read = isCacheable(method) ? ask(incoming, method, { ...asked, origin }) : { ...asked, method };
    const explained = await explainFrom({ ...parts, origin }, supposed, read, clock());
    return isPassed ? { ...explained, ...PASSED } : explained;
  };
}

/** Whether a request is known by its content, which nobody tells who asks about it. */
export function askingByContent({ asksByContent }: Pick<Guidance, "asksByContent">): (supposed: Supposed) => boolean {
  return (supposed) => asksByContent(incomingOf(supposed), supposed.method);
}

/** What is said of a request that a rule of the config has passed on, whatever is stored. */
const PASSED: Omit<Ruling, "selected"> = {
  verdict: { type: "bypass", fwd: "bypass", detail: "rule" },
  because: "a rule of the config has it passed on without a look at what is stored",
  rules: [],
  changes: ["take cache: false, or the host that it sets for some, away from the rule that caching-proxy rules shows"],
};

/** A request that nobody has made as the front would give it. */
function incomingOf({ url, method, headers }: Supposed): Incoming {
  const fields = new Headers(headers.map(([name, value]): [string, string] => [name, value]));
  // Of other methods none is made without need: some are refused.
  const request = new Request(url, method === "HEAD" ? { method } : {});
  return { request, url: new URL(url), headers: fields, client: () => "" };
}
