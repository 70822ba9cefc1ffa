import type { Incoming } from "../http/exchange.ts";
import type { RequestChange } from "./effect.ts";
import { changedFields } from "./fields.ts";
import type { RulesInForce } from "./in-force.ts";
import { keptParameters } from "./query.ts";

/** What rules change in a request before the cache looks at it. */
export const REQUEST_CHANGES: readonly RequestChange[] = [changedFields, keptParameters];

/** A request as the cache is given it. */
export function changedRequest(rules: RulesInForce, incoming: Incoming): Incoming {
  const matched = rules.of(incoming);
  return REQUEST_CHANGES.reduce((before, change) => change(matched)?.(before) ?? before, incoming);
}
