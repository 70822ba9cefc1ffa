import type { Place } from "../caching/invalidation.ts";
import type { Earlier } from "../caching/ruling.ts";
import type { Settings } from "../config/settings.ts";
import type { Incoming, Layer } from "../http/exchange.ts";
import type { RuleFigures } from "../http/rule-figures.ts";
import type { Guidance } from "../proxy/amend.ts";
import { publicOrigin } from "../proxy/forwarded-fields.ts";
import { answeredByRules, passedByRules } from "../rules/earlier.ts";
import { ruling } from "../rules/effects.ts";
import { RulesInForce } from "../rules/in-force.ts";
import { onward } from "../rules/onward.ts";
import { furtherPlaces } from "../rules/places.ts";
import { seeded } from "../rules/random.ts";
import type { Rule } from "../rules/rule.ts";
import { RuleCounts } from "../rules/rule-counts.ts";
import type { World } from "../rules/world.ts";

/** What rules add to the request's path. */
export type Ruling = {
  /** Stands before the cache. */
  readonly layer: Layer;
  /** What the cache is wired with. */
  readonly ways: {
    readonly guidance: Guidance;
    /** Where else than at the origin of the settings what a person names may lie. */
    readonly further: () => readonly Place[];
  };
  readonly rules: RulesInForce;
  /** Says of a request that nobody makes whether rules answer it, or have the cache left out. */
  readonly earlier: { readonly [K in "answered" | "passed"]: (incoming: Incoming) => Earlier | undefined };
  /** Puts others in force for all requests that come from now on. */
  readonly replace: (rules: readonly Rule[]) => void;
  /** How often those in force came to something. */
  readonly figures: () => RuleFigures;
  /** Whom a WebSocket is for. */
  readonly bridgedTo: (incoming: Incoming) => URL;
};

/**
 * Wires the rules of a config file.
 * @param abandon ends a request's connection without an answer
 */
export function buildRules(
  settings: Settings,
  rules: readonly Rule[],
  place: Required<Pick<Place, "origin" | "ignored">>,
  abandon: World["abandon"],
): Ruling {
  const inForce = new RulesInForce(rules);
  const counts = new RuleCounts(rules, () => Date.now());
  const trust = settings.trustForwarded ? "trusted" : "untrusted";
  const way = onward(inForce, settings.origin, counts);
  const world: World = {
    random: settings.seed === undefined ? Math.random : seeded(settings.seed),
    steady: () => performance.now(),
    pause,
    abandon,
    publicOrigin: (incoming: Incoming) => publicOrigin(incoming, trust),
    originOf: way.originOf,
    counts,
  };
  return {
    layer: ruling(inForce, world),
    ways: { guidance: way, further: () => furtherPlaces(inForce.rules, place) },
    rules: inForce,
    earlier: {
      answered: (incoming) => answeredByRules(inForce, incoming),
      passed: (incoming) => (way.isPassed(incoming) ? passedByRules(inForce, incoming) : undefined),
    },
    replace(others) {
      inForce.replace(others);
      counts.begin(others);
    },
    figures: () => counts.figures(),
    bridgedTo(incoming) {
      counts.askedFor(inForce.of(incoming), "origin");
      return way.originOf(incoming);
    },
  };
}

function pause(length: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, length);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
