/** So many writes in a row that were taken, and it counts as taking them again: one that is full takes a few in between. */
const OVER_AFTER = 100;

/** Tells whether it is news that a store refuses what is to be written. */
export class Refusals {
  #untilOver = 0;

  /** A write was taken. */
  taken(): void {
    if (this.#untilOver > 0) this.#untilOver--;
  }

  /** A write was refused. @returns whether that is news */
  refused(): boolean {
    const isNews = this.#untilOver === 0;
    this.#untilOver = OVER_AFTER;
    return isNews;
  }
}
