import { joined, past, type Share } from "./share.ts";

/** What can be said of workers that do not answer. */
export type Recalled = {
  /** What each that runs was last heard to have done. */
  readonly last: readonly Share[];
  /** What all did together that run no more. */
  readonly gone: Share | undefined;
};

/**
 * Keeps what workers were last heard to have done, so that sums over all of them never shrink: neither when one crashes nor when one
 * is too slow to answer. What a worker did between its last word and its end is lost.
 */
export class Ledger {
  readonly #last = new Map<number, Share>();
  #gone: Share | undefined;

  /** Notes what a worker says of itself. */
  heard(share: Share): void {
    this.#last.set(share.worker, share);
  }

  /** The process of that number is gone. */
  ended(worker: number): void {
    const last = this.#last.get(worker);
    if (last === undefined) return;
    this.#last.delete(worker);
    this.#gone = this.#gone === undefined ? past(last) : joined([this.#gone, past(last)]);
  }

  recalled(): Recalled {
    return { last: [...this.#last.values()], gone: this.#gone };
  }
}
