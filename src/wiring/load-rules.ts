import { ignoredQuery } from "../caching/ignored-query.ts";
import type { Settings } from "../config/settings.ts";
import type { Ruling } from "./build-rules.ts";

/**
 * The rules of the config file, which are loaded only where there is one.
 * @param abandon ends a request's connection without an answer
 */
export async function loadRules(settings: Settings, abandon: (request: Request) => void): Promise<Ruling | undefined> {
  const { rules, origin, ignoreQuery } = settings;
  if (rules === undefined) return undefined;
  const { buildRules } = await import("./build-rules.ts");
  return buildRules(settings, rules, { origin, ignored: ignoredQuery(ignoreQuery) }, abandon);
}
