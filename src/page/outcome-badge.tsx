import type { Outcome } from "../observe/record.ts";

/** An outcome in its colour. */
export function OutcomeBadge({ outcome }: { readonly outcome: Outcome }) {
  return (
    <span class="badge" data-outcome={outcome}>
      {outcome}
    </span>
  );
}
