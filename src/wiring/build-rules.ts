import type { Place } from "../caching/invalidation.ts";
import type { Earlier } from "../caching/ruling.ts";
import type { Settings } from "../config/settings.ts";
import type { Incoming, Layer } from "../http/exchange.ts";
import { pause } from "../http/pause.ts";
import type { RuleFigures } from "../http/rule-figures.ts";
import type { Guidance } from "../proxy/amend.ts";
import { publicOrigin } from "../proxy/forwarded-fields.ts";
import { answeredByRules, passedByRules } from "../rules/earlier.ts";
import { ruling } from "../rules/effects.ts";
import { RulesInForce } from "../rules/in-force.ts";
import { onward } from "../rules/onward.ts";
import { furtherPlaces } from "../rules/places.ts";
import type { Rule } from "../rules/rule.ts";
import { RuleCounts } from "../rules/rule-counts.ts";
import type { World } from "../rules/world.ts";
import { type LanesBuilt, scenariosOf } from "./build-lanes.ts";

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
  /** The scenarios that the rules of the config ask for or switch on. */
  readonly scenarios: () => readonly string[];
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
 * Wires the rules of a config file and those of lanes.
 * @param abandon ends a request's connection without an answer
 */
export function buildRules(
  settings: Settings,
  rules: readonly Rule[],
  place: Required<Pick<Place, "origin" | "ignored">>,
  { lanes, laning, refusing, sharing, setSites }: LanesBuilt,
  abandon: World["abandon"],
): Ruling {
  const inForce = new RulesInForce(
    rules,
    (incoming) => lanes.scenarioOf(incoming),
    (incoming) => lanes.of(incoming).rules,
  );
  const counts = new RuleCounts(rules, () => Date.now());
  // A host that the config speaks of is a site of its own, and what is stored for it nobody else's.
  const setSitesOf = (those: readonly Rule[]): void => setSites(those.flatMap(({ match }) => match.host ?? []));
  setSitesOf(rules);
  const trust = settings.trustForwarded ? "trusted" : "untrusted";
  const way = onward(inForce, settings.origin, counts);
  const world: World = {
    random: (incoming) => lanes.of(incoming).random(),
    enter: (incoming, scenario) => laning.enter(incoming, scenario),
    steady: () => performance.now(),
    pause,
    abandon,
    publicOrigin: (incoming: Incoming) => publicOrigin(incoming, trust),
    originOf: way.originOf,
    counts,
  };
  return {
    // Rules see how a client asks; what is stored is for all lanes.
    layer: (next) => refusing(ruling(inForce, world)(sharing(next))),
    ways: { guidance: way, further: () => furtherPlaces([...inForce.rules, ...lanes.rules()], place) },
    scenarios: () => scenariosOf(inForce.rules),
    rules: inForce,
    earlier: {
      answered: (incoming) => answeredByRules(inForce, incoming),
      passed: (incoming) => (way.isPassed(incoming) ? passedByRules(inForce, incoming) : undefined),
    },
    replace(others) {
      setSitesOf(others);
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
