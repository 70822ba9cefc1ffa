import { type Earlier, rulingBefore } from "../caching/ruling.ts";
import type { Incoming } from "../http/exchange.ts";
import { type Explain, incomingOf } from "../proxy/explain.ts";
import type { FixturesBuilt } from "./build-fixtures.ts";
import type { Ruling } from "./build-rules.ts";

/** Tells what would be done with a request, also where rules or fixtures answer before the cache, or leave it out. */
export function explainingEarlier(
  explain: Explain,
  rules: Pick<Ruling, "earlier" | "ways"> | undefined,
  fixtures: Pick<FixturesBuilt, "earlier"> | undefined,
): Explain {
  if (rules === undefined && fixtures === undefined) return explain;
  return async (supposed) => {
    const explanation = await explain(supposed);
    const earlier = earlierFor(incomingOf(supposed));
    if (earlier === undefined) return explanation;
    const { storing: _, ...rest } = explanation;
    const stored = rest.stored.map((variant) => ({ ...variant, selected: false }));
    return { ...rest, ...rulingBefore(earlier), stored, nearest: [] };
  };

  /** In the order of the request's path. */
  function earlierFor(incoming: Incoming): Earlier | undefined {
    const byRules = rules?.earlier.answered(incoming);
    if (byRules !== undefined) return byRules;
    const prepared = rules?.ways.guidance.prepare(incoming) ?? incoming;
    return fixtures?.earlier(prepared) ?? rules?.earlier.passed(prepared);
  }
}
