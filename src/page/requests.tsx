import { useState } from "preact/hooks";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { ViewProps } from "./app.tsx";
import { Notice } from "./notice.tsx";
import { RequestDetails } from "./request-details.tsx";
import { RequestList } from "./request-list.tsx";
import { shortCount } from "./wording.ts";

/** The live list of exchanges, and one of them in full beside it. */
export function RequestsView({ api, live, state }: ViewProps) {
  const [selected, setSelected] = useState<ShownExchange>();
  const [frozen, setFrozen] = useState<readonly ShownExchange[]>();
  const shown = frozen ?? state.exchanges;
  return (
    <section class="requests" data-open={selected !== undefined}>
      <div class="toolbar">
        <button
          type="button"
          aria-pressed={frozen !== undefined}
          onClick={() => setFrozen(frozen === undefined ? state.exchanges : undefined)}
        >
          {frozen === undefined ? "Pause" : "Resume"}
        </button>
        <button type="button" onClick={() => live.clear()}>
          Clear list
        </button>
        <span class="toolbar-count">
          {shortCount(shown.length)} shown
          {state.dropped > 0 && <> · {shortCount(state.dropped)} dropped</>}
        </span>
      </div>
      {shown.length === 0 ? (
        <Notice title="No requests yet">
          <p>Each request that the proxy answers appears here when it happens.</p>
        </Notice>
      ) : (
        <RequestList exchanges={shown} selected={selected} onSelect={setSelected} />
      )}
      {selected !== undefined && (
        <RequestDetails api={api} exchange={selected} onClose={() => setSelected(undefined)} />
      )}
    </section>
  );
}
