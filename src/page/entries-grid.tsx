import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { type Deed, deedOf } from "./entries-keys.ts";
import { EntriesRow, type RowDeeds } from "./entries-row.tsx";
import { type Folder, nameOf, type Row, type TreeNode } from "./entries-tree.ts";
import { useMedia, useVirtualRows } from "./virtual-rows.ts";

const COLUMNS = [
  ["path", "Path"],
  ["count", "Entries"],
  ["size", "Size"],
  ["hits", "Hits"],
  ["fresh", "Freshness"],
  ["deeds", "Actions"],
] as const;

const ROW_HEIGHT = 32;
const NARROW_ROW_HEIGHT = 52;

type EntriesGridProps = {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rows: readonly Row[];
  /** The line that keys are for. */
  readonly active: number;
  /** The path of the URL whose details are shown. */
  readonly chosen: string | undefined;
  readonly elapsed: number;
  readonly isOpen: (folder: Folder) => boolean;
  readonly deeds: RowDeeds;
  readonly onDeed: (deed: Deed) => void;
};

/** The tree of entries, of which only the visible lines are there. */
export function EntriesGrid(props: EntriesGridProps) {
  const { scroller, rows, active, chosen, elapsed, isOpen, deeds, onDeed } = props;
  const rowHeight = useMedia("(max-width: 700px)") ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const { start, end, measure } = useVirtualRows(scroller, rowHeight, rows.length);
  // Where there are fewer lines, the scroller has moved.
  useEffect(measure, [rows.length, rowHeight, measure]);
  const chosenAt = chosen === undefined ? -1 : rows.findIndex(({ node }) => isLeafAt(node, chosen));
  // Once it is there, wherever a link to it was.
  useEffect(() => {
    if (chosenAt !== -1 && scroller.current !== null) reveal(scroller.current, chosenAt, rowHeight);
  }, [chosen, chosenAt === -1]);
  const onKeyDown = (event: KeyboardEvent): void => {
    // Keys on a button are the button's.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const deed = deedOf(event.key, { rows, active, isOpen, page });
    if (deed === undefined) return;
    event.preventDefault();
    if (deed.type === "go" && scroller.current !== null) reveal(scroller.current, deed.to, rowHeight);
    onDeed(deed);
  };
  return (
    <div
      ref={scroller}
      class="grid entries-grid"
      role="treegrid"
      tabIndex={0}
      aria-label="Stored entries"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={active >= start && active < end ? rowId(active) : undefined}
      onScroll={measure}
      onKeyDown={onKeyDown}
    >
      <div class="grid-head row" role="row" aria-rowindex={1}>
        {COLUMNS.map(([name, title]) => (
          <span key={name} role="columnheader" data-column={name}>
            {title}
          </span>
        ))}
      </div>
      <div class="grid-rows" role="rowgroup" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(start, end).map((row, i) => (
          <EntriesRow
            key={nameOf(row.node)}
            row={row}
            id={rowId(start + i)}
            index={start + i}
            top={(start + i) * rowHeight}
            isOpen={row.node.type === "folder" && isOpen(row.node)}
            isActive={start + i === active}
            isChosen={start + i === chosenAt}
            elapsed={elapsed}
            deeds={deeds}
          />
        ))}
      </div>
    </div>
  );
}

function isLeafAt({ type, path }: TreeNode, wanted: string): boolean {
  return type === "leaf" && path === wanted;
}

function rowId(index: number): string {
  return `entry-${index}`;
}

/** Scrolls no further than it takes to see a line whole, below the head that stays. */
function reveal(scroller: HTMLElement, index: number, rowHeight: number): void {
  const head = scroller.querySelector<HTMLElement>(".grid-head")?.offsetHeight ?? 0;
  const room = scroller.clientHeight - head;
  const top = index * rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight > scroller.scrollTop + room) scroller.scrollTop = top + rowHeight - room;
}
