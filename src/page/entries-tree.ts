import { type Entry, pathBelow } from "./entries-answer.ts";

/** What entries are together. */
export type Sums = {
  readonly count: number;
  readonly fresh: number;
  readonly bytes: number;
  readonly hits: number;
};

/** All that is stored for one URL: one entry, or several variants of it. */
export type Leaf = Sums & {
  readonly type: "leaf";
  /** Path and query. */
  readonly path: string;
  /** What of it stands on its line. */
  readonly label: string;
  readonly variants: readonly Entry[];
};

/** All whose paths begin alike. */
export type Folder = Sums & {
  readonly type: "folder";
  /** With what they begin: up to a slash, or up to the question mark behind which queries differ. */
  readonly path: string;
  readonly label: string;
  readonly children: readonly TreeNode[];
};

export type TreeNode = Leaf | Folder;

/** In which order what lies in a folder is shown: by name, the largest first, those found most often first. */
export type TreeOrder = "name" | "size" | "hits";

/** A line of the tree. */
export type Row = {
  readonly node: TreeNode;
  /** 1 for the root. */
  readonly level: number;
  /** Its place among those of its folder, from 1, and how many these are. */
  readonly position: number;
  readonly among: number;
  /** Where its folder is among the lines; -1 for the root. */
  readonly parent: number;
};

/** What tells a line from all others: a folder and what lies in it under no name have one path. */
export function nameOf({ type, path }: TreeNode): string {
  return type + path;
}

/**
 * Puts entries into the folders of their paths. A folder that holds nothing but one other thing is one line with it.
 * @param origin below which they lie
 * @returns the root, which holds all
 */
export function treeOf(entries: readonly Entry[], origin: string, order: TreeOrder): Folder {
  const root = new Growing("/", "/");
  for (const entry of entries) {
    const path = pathBelow(origin, entry);
    root.add(path, stepsOf(path), entry);
  }
  return root.folder(COMPARE[order]);
}

/**
 * The lines that are to be seen.
 * @param isOpen whether a folder's own are among them
 */
export function rowsOf(root: Folder, isOpen: (folder: Folder) => boolean): readonly Row[] {
  const rows: Row[] = [];
  const add = (node: TreeNode, place: Omit<Row, "node">): void => {
    const own = rows.push({ node, ...place }) - 1;
    if (node.type === "leaf" || !isOpen(node)) return;
    for (const [i, child] of node.children.entries()) {
      add(child, { level: place.level + 1, position: i + 1, among: node.children.length, parent: own });
    }
  };
  add(root, { level: 1, position: 1, among: 1, parent: -1 });
  return rows;
}

/** The folders and the last part of a path: `/a/b?c` is `a/`, `b?` and `c`. A URL of another origin stands on a line of its own. */
export function stepsOf(path: string): readonly string[] {
  if (!path.startsWith("/")) return [path];
  const mark = path.indexOf("?");
  const name = mark === -1 ? path : path.slice(0, mark + 1);
  const steps = name.slice(1).match(/[^/]*\/|[^/]+$/g) ?? [];
  if (mark !== -1) return [...steps, path.slice(mark + 1)];
  // What ends with a slash lies in that folder under no name.
  return name.endsWith("/") ? [...steps, ""] : steps;
}

/** The leaves that lie below a node. */
export function leavesOf(node: TreeNode): readonly Leaf[] {
  return node.type === "leaf" ? [node] : node.children.flatMap(leavesOf);
}

/** A folder while entries are put into it. */
class Growing {
  readonly #path: string;
  readonly #label: string;
  readonly #folders = new Map<string, Growing>();
  readonly #leaves = new Map<string, { readonly path: string; readonly variants: Entry[] }>();

  constructor(path: string, label: string) {
    this.#path = path;
    this.#label = label;
  }

  add(path: string, steps: readonly string[], entry: Entry): void {
    let folder: Growing = this;
    for (const step of steps.slice(0, -1)) folder = folder.#below(step);
    const name = steps.at(-1) ?? "";
    const leaf = folder.#leaves.get(name);
    if (leaf === undefined) folder.#leaves.set(name, { path, variants: [entry] });
    else leaf.variants.push(entry);
  }

  folder(compare: Compare): Folder {
    const children = [
      ...this.#folders.values().map((folder) => merged(folder.folder(compare))),
      ...this.#leaves.entries().map(([label, { path, variants }]) => leafOf(path, label, variants)),
    ].sort(compare);
    return { type: "folder", path: this.#path, label: this.#label, children, ...sumsOf(children) };
  }

  #below(step: string): Growing {
    const known = this.#folders.get(step);
    if (known !== undefined) return known;
    const made = new Growing(this.#path + step, step);
    this.#folders.set(step, made);
    return made;
  }
}

type Compare = (a: TreeNode, b: TreeNode) => number;

const names = new Intl.Collator("en", { numeric: true });
const byName: Compare = (a, b) => names.compare(a.label, b.label);

const COMPARE: Readonly<Record<TreeOrder, Compare>> = {
  name: byName,
  size: (a, b) => b.bytes - a.bytes || byName(a, b),
  hits: (a, b) => b.hits - a.hits || byName(a, b),
};

function merged(folder: Folder): TreeNode {
  const [only, other] = folder.children;
  return only === undefined || other !== undefined ? folder : { ...only, label: folder.label + only.label };
}

function leafOf(path: string, label: string, variants: readonly Entry[]): Leaf {
  return {
    ...{ type: "leaf", path, label, variants },
    count: variants.length,
    fresh: variants.filter(({ state }) => state === "fresh").length,
    bytes: variants.reduce((sum, { bytes }) => sum + bytes, 0),
    hits: hitsOf(variants),
  };
}

/** Each worker counts how often it found the URL, and says so of each variant. */
function hitsOf(variants: readonly Entry[]): number {
  const found = new Map<number, number>();
  for (const { worker = 0, hits = 0 } of variants) found.set(worker, Math.max(found.get(worker) ?? 0, hits));
  return found.values().reduce((total, hits) => total + hits, 0);
}

function sumsOf(nodes: readonly TreeNode[]): Sums {
  const sums = { count: 0, fresh: 0, bytes: 0, hits: 0 };
  for (const { count, fresh, bytes, hits } of nodes) {
    sums.count += count;
    sums.fresh += fresh;
    sums.bytes += bytes;
    sums.hits += hits;
  }
  return sums;
}
