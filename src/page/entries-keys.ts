import type { Folder, Row, TreeNode } from "./entries-tree.ts";

/** What a key does in the tree. */
export type Deed =
  | { readonly type: "go"; readonly to: number }
  /** As a click on its line does: folders open and close, of URLs the details are shown. */
  | { readonly type: "click" | "purge" | "refresh"; readonly node: TreeNode };

/** The tree as whoever presses a key sees it. */
export type Sight = {
  readonly rows: readonly Row[];
  /** The line that the key is for. */
  readonly active: number;
  readonly isOpen: (folder: Folder) => boolean;
  /** How many lines are visible. */
  readonly page: number;
};

/** Decides what a key does, as trees commonly have it (ARIA Authoring Practices, Treegrid); undefined where it means nothing here. */
export function deedOf(key: string, { rows, active, isOpen, page }: Sight): Deed | undefined {
  const row = rows[active];
  if (row === undefined) return undefined;
  const { node } = row;
  const go = (to: number): Deed => ({ type: "go", to: Math.max(0, Math.min(to, rows.length - 1)) });
  switch (key) {
    case "ArrowDown":
    case "j":
      return go(active + 1);
    case "ArrowUp":
    case "k":
      return go(active - 1);
    case "PageDown":
      return go(active + page);
    case "PageUp":
      return go(active - page);
    case "Home":
      return go(0);
    case "End":
      return go(rows.length - 1);
    case "ArrowRight":
      if (node.type === "leaf") return undefined;
      return isOpen(node) ? go(active + 1) : { type: "click", node };
    case "ArrowLeft":
      if (node.type === "folder" && isOpen(node)) return { type: "click", node };
      return row.parent === -1 ? undefined : go(row.parent);
    case "Enter":
    case " ":
      return { type: "click", node };
    case "Delete":
      return { type: "purge", node };
    case "r":
      return { type: "refresh", node };
    default:
      return undefined;
  }
}
