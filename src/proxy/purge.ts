import { everyPlace, type Place } from "../caching/invalidation.ts";
import type { Purge } from "../caching/purge.ts";
import { type PurgePlan, type PurgeWish, purgePlan } from "../caching/purge-plan.ts";
import type { VariedStore } from "../store/varied.ts";

/** How many responses a purge was about, or why it was none. */
export type Purged =
  | { readonly type: "purged"; readonly purged: number }
  | { readonly type: "refused"; readonly why: string };

/**
 * Purges what somebody wants purged.
 * @param publicOrigin scheme and authority by which he reached us
 */
export type Purger = (wish: PurgeWish, how: Purge["how"], publicOrigin: string) => Promise<Purged>;

export function purging(store: VariedStore, place: Place): Purger {
  return async (wish, how, publicOrigin) => {
    const plans = everyPlace(place).map((each) => purgePlan(wish, { ...each, publicOrigin }));
    const known = plans.filter((plan) => plan.type !== "refused");
    const [refused] = plans;
    if (known.length === 0 && refused?.type === "refused") return refused;
    let purged = 0;
    // One after the other, so that what is in several goes with the first and counts once.
    for (const plan of distinct(known)) {
      if (plan.type === "url") purged += await store.purgeAll(plan.url, how);
      else for (const what of plan.extents) purged += await store.purge({ what, how });
    }
    return { type: "purged", purged };
  };
}

type Known = Exclude<PurgePlan, { readonly type: "refused" }>;

/** Places that are different may have the same name for something. */
function distinct(plans: readonly Known[]): Iterable<Known> {
  const byName = (plan: Known): string => (plan.type === "url" ? plan.url.key : JSON.stringify(plan.extents));
  return new Map(plans.map((plan) => [byName(plan), plan])).values();
}
