import type { CacheKey } from "../../caching/key.ts";
import { covering, type Purge, type Purgeable } from "../../caching/purge.ts";

/** What is swept. */
export type Sweepable = Pick<Purgeable, "groups"> & { readonly key: string; readonly isReleased: boolean };

/** A purge that is under way. What came since it began is not its matter. */
type Sweep<T> = {
  readonly how: Purge["how"];
  readonly covers: (one: Purgeable) => boolean;
  readonly newcomers: Set<T>;
};

/** So much is swept in one turn of the event loop, so that nobody waits longer than for that. */
export const PAGE = 256;

export type Page<T> = readonly { readonly key: CacheKey; readonly item: T }[];

/** What a purge that is under way makes of something. */
export type Verdict = "stays" | "goes" | "stale";

/** Goes over what a purge may be about, so much in one turn of the event loop; for whoever asks, it is purged at once. */
export class Sweeps<T extends Sweepable> {
  readonly #sweeps = new Set<Sweep<T>>();

  get isEmpty(): boolean {
    return this.#sweeps.size === 0;
  }

  /** Something was put. */
  came(item: T): void {
    for (const { newcomers } of this.#sweeps) newcomers.add(item);
  }

  verdict(item: T, key: CacheKey): Verdict {
    let verdict: Verdict = "stays";
    for (const sweep of this.#sweeps) {
      if (!isMeant(sweep, item, key)) continue;
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
    pages: Iterable<Page<T>>,
    purged: (item: T) => boolean,
    turn: () => Promise<void>,
  ): Promise<number> {
    const sweep: Sweep<T> = { how, covers: covering(what), newcomers: new Set() };
    this.#sweeps.add(sweep);
    let count = 0;
    for (const page of pages) {
      for (const { key, item } of page) {
        if (!item.isReleased && isMeant(sweep, item, key) && purged(item)) count++;
      }
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
}

function isMeant<T extends Sweepable>({ covers, newcomers }: Sweep<T>, item: T, key: CacheKey): boolean {
  return !newcomers.has(item) && covers({ key, groups: item.groups });
}
