import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import { nameOf } from "./kept.ts";
import { RequestRow } from "./request-row.tsx";
import { NARROW, useMedia, useVirtualRows } from "./virtual-rows.ts";

type RequestListProps = {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Newest first. */
  readonly exchanges: readonly ShownExchange[];
  readonly selected: ShownExchange | undefined;
  readonly onSelect: (exchange: ShownExchange) => void;
};

const COLUMNS = ["Time", "Outcome", "Method", "Path", "Status", "Took", "Size", "Why"] as const;
const ROW_HEIGHT = 30;
const NARROW_ROW_HEIGHT = 52;

/** The list of exchanges, of which only the visible rows are there. */
export function RequestList({ scroller, exchanges, selected, onSelect }: RequestListProps) {
  const rowHeight = useMedia(NARROW) ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const { start, end, isScrolled, measure } = useVirtualRows(scroller, rowHeight, exchanges.length);
  useStillness(scroller, exchanges, rowHeight, measure);
  const name = selected && nameOf(selected);
  const at = name === undefined ? -1 : exchanges.findIndex((exchange) => nameOf(exchange) === name);
  const goTo = (to: number): void => {
    const index = Math.max(0, Math.min(to, exchanges.length - 1));
    const exchange = exchanges[index];
    if (exchange === undefined) return;
    if (scroller.current !== null) reveal(scroller.current, index, rowHeight);
    onSelect(exchange);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") document.querySelector<HTMLElement>(".details")?.focus();
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const to = destinationOf(event.key, at, page, exchanges.length);
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    goTo(to);
  };
  // Between press and release no other row may come under the pointer.
  const hold = (): void => {
    if (scroller.current?.scrollTop === 0) scroller.current.scrollTop = 1;
  };
  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      tabIndex={0}
      aria-label="Exchanges, newest first"
      aria-rowcount={exchanges.length + 1}
      aria-activedescendant={at >= start && at < end ? rowId(at) : undefined}
      onScroll={measure}
      onPointerDown={hold}
      onKeyDown={onKeyDown}
    >
      <div class="grid-head row" role="row" aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <span key={column} role="columnheader" data-column={column.toLowerCase()}>
            {column}
          </span>
        ))}
      </div>
      {isScrolled && (
        <button type="button" class="newest" onClick={() => scroller.current?.scrollTo(0, 0)}>
          <span aria-hidden="true">↑</span> Newest
        </button>
      )}
      <div class="grid-rows" role="rowgroup" style={{ height: `${exchanges.length * rowHeight}px` }}>
        {exchanges.slice(start, end).map((exchange, i) => (
          <RequestRow
            key={nameOf(exchange)}
            id={rowId(start + i)}
            exchange={exchange}
            index={start + i}
            top={(start + i) * rowHeight}
            isSelected={start + i === at}
            onSelect={onSelect}
          />
        ))}
      </div>
    </div>
  );
}

function rowId(index: number): string {
  return `exchange-${index}`;
}

/** Where a key leads from a row. */
function destinationOf(key: string, at: number, page: number, count: number): number | undefined {
  switch (key) {
    case "ArrowDown":
    case "j":
      return at + 1;
    case "ArrowUp":
    case "k":
      return Math.max(0, at - 1);
    case "PageDown":
      return at + page;
    case "PageUp":
      return at - page;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

function reveal(scroller: HTMLElement, index: number, rowHeight: number): void {
  const head = scroller.querySelector<HTMLElement>(".grid-head")?.offsetHeight ?? 0;
  const room = scroller.clientHeight - head;
  const top = index * rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight > scroller.scrollTop + room) scroller.scrollTop = top + rowHeight - room;
}

/** Lets what is being read stand still while newer rows come above it. */
function useStillness(
  scroller: { readonly current: HTMLElement | null },
  exchanges: readonly ShownExchange[],
  rowHeight: number,
  measure: () => void,
): void {
  const newest = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const { current } = scroller;
    const before = newest.current;
    const [first] = exchanges;
    newest.current = first && nameOf(first);
    if (current === null || before === undefined || before === newest.current || current.scrollTop === 0) return;
    const came = exchanges.findIndex((exchange) => nameOf(exchange) === before);
    if (came > 0) current.scrollTop += came * rowHeight;
  }, [exchanges, rowHeight, scroller]);
  useEffect(measure, [exchanges.length, rowHeight, measure]);
}
