import type { Handler, Layer } from "../http/exchange.ts";
import { rememberedWith } from "../http/remembered.ts";
import { slowing } from "./bandwidth.ts";
import { fittingCookies } from "./cookies.ts";
import { answeringPreflights, sharing } from "./cors.ts";
import { delaying } from "./delay.ts";
import { type Effect, onRequests } from "./effect.ts";
import { failing } from "./faults.ts";
import { changingResponse } from "./fields.ts";
import type { RulesInForce } from "./in-force.ts";
import { rewritingLocation } from "./location.ts";
import type { Matched } from "./matched.ts";
import { replacing } from "./own-response.ts";
import { REQUEST_CHANGES } from "./request-changes.ts";
import { switching } from "./switching.ts";
import type { World } from "./world.ts";

/**
 * What properties do before the cache: the first sees a request first and its answer last. What is done between cache and origin, and
 * whether the cache is asked at all, is said in `onward.ts`.
 */
const EFFECTS: readonly Effect[] = [
  switching,
  sharing,
  slowing,
  delaying,
  failing,
  fittingCookies,
  rewritingLocation,
  changingResponse,
  replacing,
  ...REQUEST_CHANGES.map(onRequests),
];

/** Does with each request what the rules say that are about it; those that no rule is about go straight on. */
export function ruling(rules: RulesInForce, world: World): Layer {
  return (next) => {
    const handlerFor = rememberedWith(
      (matched: Matched): Handler =>
        EFFECTS.reduceRight<Handler>((inner, effect) => effect(matched, world)?.(inner) ?? inner, next),
    );
    const ruled = answeringPreflights(
      rules,
      world.counts,
    )((incoming) => {
      const matched = rules.of(incoming);
      world.counts.met(matched);
      return handlerFor(matched)(incoming);
    });
    // Who purges asks us and no origin.
    return (incoming) => (incoming.request.method === "PURGE" ? next : ruled)(incoming);
  };
}
