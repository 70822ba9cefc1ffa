import { memo } from "preact/compat";
import { Freshness, FreshShare } from "./entries-freshness.tsx";
import type { Leaf, Row, TreeNode } from "./entries-tree.ts";
import { shortBytes, shortCount } from "./wording.ts";

/** What can be done with a line; the same functions for all of them. */
export type RowDeeds = {
  readonly onClick: (node: TreeNode) => void;
  readonly onPurge: (node: TreeNode) => void;
  readonly onRefresh: (node: TreeNode) => void;
};

type EntriesRowProps = {
  readonly row: Row;
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly isOpen: boolean;
  readonly isActive: boolean;
  readonly isChosen: boolean;
  /** Since it was listed. */
  readonly elapsed: number;
  readonly deeds: RowDeeds;
};

/** A folder or a URL in a line. */
export const EntriesRow = memo((props: EntriesRowProps) => {
  const { row, id, index, top, isOpen, isActive, isChosen, elapsed, deeds } = props;
  const { node, level, position, among } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all of its rows
    <div
      id={id}
      class="row"
      role="row"
      data-active={isActive}
      aria-rowindex={index + 2}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={among}
      aria-expanded={node.type === "folder" ? isOpen : undefined}
      aria-selected={isChosen}
      tabIndex={-1}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => deeds.onClick(node)}
    >
      <span role="gridcell" data-column="path" title={node.path} style={{ paddingInlineStart: `${level * 14 - 8}px` }}>
        <span class="twisty" aria-hidden="true">
          {node.type === "leaf" ? "" : isOpen ? "▾" : "▸"}
        </span>
        <span class="path-label">{labelOf(node)}</span>
        {node.type === "leaf" && <Marks leaf={node} />}
      </span>
      <span role="gridcell" data-column="count">
        {node.type === "folder" ? shortCount(node.count) : node.count > 1 ? `${node.count} variants` : ""}
      </span>
      <span role="gridcell" data-column="size">
        {shortBytes(node.bytes)}
      </span>
      <span role="gridcell" data-column="hits">
        {shortCount(node.hits)}
      </span>
      <span role="gridcell" data-column="fresh">
        <State node={node} elapsed={elapsed} />
      </span>
      <span role="gridcell" data-column="deeds">
        <button
          type="button"
          class="icon"
          tabIndex={isActive ? 0 : -1}
          aria-label={`Refresh ${node.path}`}
          title={node.type === "folder" ? "Refresh all of it …" : "Refresh: ask the origin anew"}
          onClick={(event) => apart(event, () => deeds.onRefresh(node))}
        >
          <span aria-hidden="true">↻</span>
        </button>
        <button
          type="button"
          class="icon danger"
          tabIndex={isActive ? 0 : -1}
          aria-label={`Purge ${node.path}`}
          title={node.type === "folder" ? "Purge all of it …" : "Purge …"}
          onClick={(event) => apart(event, () => deeds.onPurge(node))}
        >
          <span aria-hidden="true">✕</span>
        </button>
      </span>
    </div>
  );
});

/** What a name alone would not say. */
function labelOf(node: TreeNode): string {
  if (node.type === "folder" && node.path === "/") return "/ everything";
  return node.label === "" ? "./" : node.label;
}

/** What is unusual about what is stored for a URL. */
function Marks({ leaf: { variants } }: { readonly leaf: Leaf }) {
  const marks = new Set<string>();
  for (const { method, status, noCache, part, noVarySearch } of variants) {
    if (method !== "GET") marks.add(method);
    if (status !== 200) marks.add(String(status));
    if (noCache === true) marks.add("no-cache");
    if (part !== undefined) marks.add("part");
    if (noVarySearch !== undefined) marks.add("several URLs");
  }
  return (
    <>
      {[...marks].map((mark) => (
        <span key={mark} class="mark">
          {mark}
        </span>
      ))}
    </>
  );
}

/** Of several variants the freshest says how long the URL has. */
function State({ node, elapsed }: { readonly node: TreeNode; readonly elapsed: number }) {
  if (node.type === "folder") return <FreshShare fresh={node.fresh} count={node.count} />;
  const [first, ...others] = node.variants;
  if (first === undefined) return null;
  const freshest = others.reduce((best, other) => (other.ttlSeconds > best.ttlSeconds ? other : best), first);
  return <Freshness ageSeconds={freshest.ageSeconds + elapsed} ttlSeconds={freshest.ttlSeconds - elapsed} />;
}

/** A button's click is none on the line. */
function apart(event: Event, then: () => void): void {
  event.stopPropagation();
  then();
}
