import { Facts } from "./facts.tsx";
import type { Stats } from "./stats.ts";
import { clockTime, shortCount } from "./wording.ts";

/** Why the origin was not asked, so that it is spared. */
const SPARED = ["origin-rate-limited", "origin-overloaded", "origin-quota-low"];

/** What the origin says of its quotas and what was done about that; nothing as long as it says nothing. */
export function QuotaCard({ stats: { originQuota, reasons } }: { readonly stats: Stats }) {
  const spared = SPARED.reduce((sum, reason) => sum + (reasons.failed[reason] ?? 0), 0);
  const { strictest, refusedUntil, delayed = 0 } = originQuota ?? {};
  if (strictest === undefined && refusedUntil === undefined && delayed + spared === 0) return null;
  const { policy, limit, remaining, resetsAt } = strictest ?? {};
  const share = limit && remaining !== undefined ? Math.min(1, remaining / limit) : undefined;
  return (
    <section class="card store">
      <h2>
        The origin's quota
        {refusedUntil !== undefined && (
          <span class="badge" data-outcome="error">
            refuses
          </span>
        )}
      </h2>
      {share !== undefined && (
        <div
          class="meter"
          role="meter"
          aria-label="Part of the origin's quota that is left"
          aria-valuenow={Math.round(share * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <div class="meter-fill" style={{ width: `${share * 100}%` }} />
        </div>
      )}
      <Facts
        facts={[
          ["Left", remaining === undefined ? undefined : shortCount(remaining)],
          ["Of", limit === undefined ? undefined : shortCount(limit)],
          ["Policy", policy],
          ["Full again at", resetsAt === undefined ? undefined : clockTime(resetsAt)],
          ["Refuses until", refusedUntil === undefined ? undefined : clockTime(refusedUntil)],
          ["Not sent or refused", shortCount(spared)],
          ["Spaced out", shortCount(delayed)],
        ]}
      />
    </section>
  );
}
