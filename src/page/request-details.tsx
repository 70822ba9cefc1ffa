import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { AdminApi } from "./admin-api.ts";
import { OutcomeBadge } from "./outcome-badge.tsx";

type DetailsProps = { readonly api: AdminApi; readonly exchange: ShownExchange; readonly onClose: () => void };

/** One exchange in full. */
export function RequestDetails({ exchange, onClose }: DetailsProps) {
  return (
    <aside class="details" aria-label="The selected exchange">
      <header>
        <OutcomeBadge outcome={exchange.outcome} />
        <button type="button" class="icon" aria-label="Close" onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      <p>{exchange.path}</p>
    </aside>
  );
}
