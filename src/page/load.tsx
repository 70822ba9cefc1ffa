import { Facts } from "./facts.tsx";
import type { LoadNumbers } from "./stats.ts";
import { shortCount } from "./wording.ts";

/** How much of what the origin may see at once it sees, and what came of that; nothing where it has no bound. */
export function LoadCard({ load }: { readonly load: LoadNumbers | undefined }) {
  if (load === undefined) return null;
  const { most, underWay, waiting, delayed, shed } = load;
  return (
    <section class="card store">
      <h2>
        Under way to the origin
        {waiting > 0 && (
          <span class="badge" data-outcome="stale">
            full
          </span>
        )}
      </h2>
      <div
        class="meter"
        role="meter"
        aria-label="Part of the requests that may be under way to the origin at once"
        aria-valuenow={Math.round((Math.min(underWay, most) / most) * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div class="meter-fill" style={{ width: `${(Math.min(underWay, most) / most) * 100}%` }} />
      </div>
      <Facts
        facts={[
          ["Under way", shortCount(underWay)],
          ["At most", shortCount(most)],
          ["Waiting", shortCount(waiting)],
          ["Had to wait", shortCount(delayed)],
          ["Not sent in the end", shortCount(shed)],
        ]}
      />
    </section>
  );
}
