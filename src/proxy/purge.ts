import type { Place } from "../caching/invalidation.ts";
import type { Purge } from "../caching/purge.ts";
import { type PurgeWish, purgePlan } from "../caching/purge-plan.ts";
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
    const plan = purgePlan(wish, { ...place, publicOrigin });
    switch (plan.type) {
      case "refused":
        return plan;
      case "url":
        return { type: "purged", purged: await store.purgeAll(plan.url, how) };
      case "extents": {
        let purged = 0;
        // One after the other, so that what is in several goes with the first and counts once.
        for (const what of plan.extents) purged += await store.purge({ what, how });
        return { type: "purged", purged };
      }
    }
  };
}
