import type { CacheKey } from "../../caching/key.ts";
import { covering, type Purge, type Purgeable } from "../../caching/purge.ts";
import type { Node, Nodes } from "./nodes.ts";

/**
 * A purge that is under way. What came since it began is not its matter; so a number that was another's when it began is told from that
 * one's, too.
 */
type Sweep = {
  readonly how: Purge["how"];
  readonly covers: (one: Purgeable) => boolean;
  readonly newcomers: Set<Node>;
};

/** So much is swept in one turn of the event loop, so that nobody waits longer than for that. */
export const PAGE = 256;

export type Page = readonly { readonly key: CacheKey; readonly node: Node }[];

/** What a purge that is under way makes of something. */
export type Verdict = "stays" | "goes" | "stale";

/** Goes over what a purge may be about, so much in one turn of the event loop; for whoever asks, it is purged at once. */
export class Sweeps {
  readonly #nodes: Nodes;
  readonly #sweeps = new Set<Sweep>();

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
  }

  get isEmpty(): boolean {
    return this.#sweeps.size === 0;
  }

  /** Something was put. */
  came(node: Node): void {
    for (const { newcomers } of this.#sweeps) newcomers.add(node);
  }

  verdict(node: Node, key: CacheKey): Verdict {
    let verdict: Verdict = "stays";
    for (const sweep of this.#sweeps) {
      if (!this.#isMeant(sweep, node, key)) continue;
      if (sweep.how === "hard") return "goes";
      verdict = "stale";
    }
    return verdict;
  }

  /**
   * @param pages what the purge may be about, piece by piece, each made when it is its turn; a short one is followed by no pause
   * @param purged does it to one; whether it counts
   * @param turn waits for another turn of the event loop
   * @returns how many counted
   */
  async sweep(
    { what, how }: Purge,
    pages: Iterable<Page>,
    purged: (node: Node) => boolean,
    turn: () => Promise<void>,
  ): Promise<number> {
    const sweep: Sweep = { how, covers: covering(what), newcomers: new Set() };
    this.#sweeps.add(sweep);
    let count = 0;
    for (const page of pages) {
      for (const { key, node } of page) if (this.#isMeant(sweep, node, key) && purged(node)) count++;
      if (page.length >= PAGE) await turn();
      // Everything is gone, and counted elsewhere.
      if (!this.#sweeps.has(sweep)) break;
    }
    this.#sweeps.delete(sweep);
    return count;
  }

  /** All is gone. */
  clear(): void {
    this.#sweeps.clear();
  }

  #isMeant({ covers, newcomers }: Sweep, node: Node, key: CacheKey): boolean {
    return !newcomers.has(node) && covers({ key, groups: this.#nodes.groupsOf(node) });
  }
}
