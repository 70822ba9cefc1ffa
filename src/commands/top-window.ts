import { type PathTotal, PathTotals } from "../observe/path-totals.ts";

/** What was seen in one second. */
export type Sample = { readonly paths: readonly PathTotal[]; readonly dropped: number };

/** Adds up the samples of the last while. */
export class TopWindow {
  readonly #most: number;
  #samples: readonly Sample[] = [];

  /** @param most how many samples count */
  constructor(most: number) {
    this.#most = most;
  }

  add(sample: Sample): void {
    this.#samples = [...this.#samples, sample].slice(-this.#most);
  }

  /** How many samples count so far. */
  get size(): number {
    return this.#samples.length;
  }

  sum(): Sample {
    const totals = new PathTotals();
    for (const { paths } of this.#samples) for (const path of paths) totals.merge(path);
    return { paths: totals.list(), dropped: this.#samples.reduce((sum, { dropped }) => sum + dropped, 0) };
  }
}
