import type { Instant } from "../../http/date.ts";

/** Something that expires. */
export type Expiring = {
  readonly expires: Instant;
  /** Its place in the heap that it is in, which the heap alone sets; anything at first. */
  at: number;
};

/** A binary min-heap by expiry, whose items know their places, so that any of them can be taken out. */
export class ExpiryHeap<T extends Expiring> {
  #items: T[] = [];

  /** Takes O(log n), as do the others but for `clear`. */
  push(item: T): void {
    this.#rise(item, this.#items.length);
  }

  /** Takes out an item; one that is not in the heap, or no longer, is let be. */
  remove(item: T): void {
    const items = this.#items;
    const { at } = item;
    if (items[at] !== item) return;
    const last = items.pop();
    if (last === undefined || last === item) return;
    // The last one fills the gap. It may belong above it, since it need not have been below what was taken out.
    const parent = items[(at - 1) >> 1];
    if (parent !== undefined && parent.expires > last.expires) this.#rise(last, at);
    else this.#sink(last, at);
  }

  /** Takes out the item that expires first, if it has expired by `now`. */
  popExpired(now: Instant): T | undefined {
    const first = this.#items[0];
    if (first === undefined || first.expires > now) return undefined;
    this.remove(first);
    return first;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#items = [];
  }

  /** Places an item at `at`, or above where it expires before what is there. */
  #rise(item: T, at: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#items[parent];
      if (above === undefined || above.expires <= item.expires) break;
      this.#place(above, at);
      at = parent;
    }
    this.#place(item, at);
  }

  /** Places an item at `at`, or below where it expires after what is there. */
  #sink(item: T, at: number): void {
    const items = this.#items;
    for (;;) {
      let child = 2 * at + 1;
      let below = items[child];
      if (below === undefined) break;
      const right = items[child + 1];
      if (right !== undefined && right.expires < below.expires) {
        child++;
        below = right;
      }
      if (below.expires >= item.expires) break;
      this.#place(below, at);
      at = child;
    }
    this.#place(item, at);
  }

  #place(item: T, at: number): void {
    this.#items[at] = item;
    item.at = at;
  }
}
