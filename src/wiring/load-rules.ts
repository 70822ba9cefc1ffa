import { ignoredQuery } from "../caching/ignored-query.ts";
import type { Settings } from "../config/settings.ts";
import type { LanesBuilt } from "./build-lanes.ts";
import type { Ruling } from "./build-rules.ts";

/**
 * The rules of the config file, and those that lanes get while the proxy runs.
 * @param abandon ends a request's connection without an answer
 */
export async function loadRules(
  settings: Settings,
  lanes: LanesBuilt,
  abandon: (request: Request) => void,
): Promise<Ruling> {
  const { rules = [], origin, ignoreQuery } = settings;
  const { buildRules } = await import("./build-rules.ts");
  return buildRules(settings, rules, { origin, ignored: ignoredQuery(ignoreQuery) }, lanes, abandon);
}
