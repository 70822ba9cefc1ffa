import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { harOf } from "../har/seen.ts";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { ViewProps } from "./app.tsx";
import { download } from "./hand-over.ts";
import { Notice } from "./notice.tsx";
import { RequestDetails } from "./request-details.tsx";
import { RequestFilter } from "./request-filter.tsx";
import { RequestList } from "./request-list.tsx";
import { linkTo } from "./route.ts";
import { useShortcuts } from "./shortcuts.ts";
import { useMatching } from "./use-matching.ts";
import { shortCount } from "./wording.ts";

/** The live list of exchanges, and one of them in full beside it. */
export function RequestsView({ api, live, state, parameters }: ViewProps) {
  const asked = parameters.get("filter") ?? "";
  const [text, setText] = useState(asked);
  const [selected, setSelected] = useState<ShownExchange>();
  const [frozen, setFrozen] = useState<readonly ShownExchange[]>();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const { filter, matching } = useMatching(api, frozen ?? state.exchanges, text);
  useEffect(() => setText(asked), [asked]);

  const change = (to: string): void => {
    setText(to);
    // What can be linked to, without a step of its own in the browser's history.
    history.replaceState(null, "", linkTo("requests", to === "" ? {} : { filter: to }));
  };
  const { exchanges } = state;
  const pause = (): void => setFrozen((before) => (before === undefined ? exchanges : undefined));
  const close = (): void => {
    setSelected(undefined);
    list.current?.focus();
  };
  useShortcuts({ "/": () => field.current?.focus(), p: pause, Escape: close });
  const came = useMemo(() => (frozen === undefined ? 0 : cameSince(frozen, exchanges)), [frozen, exchanges]);

  return (
    <section class="requests" data-open={selected !== undefined}>
      <div class="toolbar">
        <RequestFilter field={field} text={text} filter={filter} onText={change} />
        <button type="button" aria-pressed={frozen !== undefined} aria-keyshortcuts="p" title="p" onClick={pause}>
          {frozen === undefined ? "Pause" : `Paused, ${shortCount(came)} more`}
        </button>
        <button type="button" onClick={() => live.clear()}>
          Clear
        </button>
        <button
          type="button"
          disabled={matching.length === 0}
          title="An HTTP Archive 1.2 of what is listed; header fields and content are not known and left empty"
          onClick={() =>
            download(
              harOf(
                matching.map((each) => ({ ...each, ...each.masked })),
                state.hello?.version ?? "",
              ),
              fileName(),
            )
          }
        >
          Download HAR
        </button>
        <Count matching={matching.length} of={(frozen ?? exchanges).length} dropped={state.dropped} />
      </div>
      {matching.length === 0 ? (
        <Empty
          isFiltered={text !== ""}
          isConnecting={state.connection.type === "connecting"}
          onAll={() => change("")}
        />
      ) : (
        <RequestList scroller={list} exchanges={matching} selected={selected} onSelect={setSelected} />
      )}
      {selected !== undefined && <RequestDetails api={api} exchange={selected} onClose={close} />}
    </section>
  );
}

/** How many exchanges are newer than a list that was left as it is. */
function cameSince([newest]: readonly ShownExchange[], exchanges: readonly ShownExchange[]): number {
  const at = newest === undefined ? -1 : exchanges.indexOf(newest);
  return at === -1 ? exchanges.length : at;
}

type CountProps = { readonly matching: number; readonly of: number; readonly dropped: number };

function Count({ matching, of, dropped }: CountProps) {
  return (
    <span class="toolbar-count">
      {matching === of ? shortCount(of) : `${shortCount(matching)} wanted`}
      {matching === of && (of === 1 ? " exchange" : " exchanges")}
      {dropped > 0 && (
        <span title="They came faster than this page was told of them; the numbers in the overview count them all.">
          {` · ${shortCount(dropped)} left out`}
        </span>
      )}
    </span>
  );
}

type EmptyProps = { readonly isFiltered: boolean; readonly isConnecting: boolean; readonly onAll: () => void };

function Empty({ isFiltered, isConnecting, onAll }: EmptyProps) {
  if (isConnecting) return <Notice title="Asking the proxy …" />;
  if (isFiltered) {
    return (
      <Notice title="Nothing matches the filter yet">
        <p>Exchanges that do appear here when they come.</p>
        <p>
          <button type="button" onClick={onAll}>
            Show all
          </button>
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="No requests yet">
      <p>Each request that the proxy answers appears here when it happens.</p>
      <p>
        Try <code>curl -i {location.origin}/</code>
      </p>
    </Notice>
  );
}

/** `caching-proxy-2026-11-23T09-02-05.har` */
function fileName(): string {
  return `caching-proxy-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.har`;
}
