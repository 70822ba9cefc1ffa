import type { Instant } from "../http/date.ts";

/** Something that expires, and may be gone before. */
export type Expiring = {
  readonly expires: Instant;
  /** Set by its owner once it is gone; the heap then forgets it when it comes to it. */
  gone: boolean;
};

/** A binary min-heap by expiry that forgets lazily, so that removing costs its owner one assignment. */
export class ExpiryHeap<T extends Expiring> {
  #items: T[] = [];
  #gone = 0;

  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above === undefined || above.expires <= item.expires) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes out the item that expired first, if one has expired by `now`. */
  popExpired(now: Instant): T | undefined {
    for (;;) {
      const first = this.#items[0];
      if (first === undefined || (!first.gone && first.expires > now)) return undefined;
      this.#removeFirst();
      if (!first.gone) return first;
      this.#gone--;
    }
  }

  /** Says that an item's `gone` was set; once most are gone the heap is built anew from the rest. */
  noteGone(): void {
    this.#gone++;
    if (this.#gone > 1024 && this.#gone > this.#items.length / 2) {
      const living = this.#items.filter((item) => !item.gone);
      // A sorted array is a heap.
      this.#items = living.sort((a, b) => a.expires - b.expires);
      this.#gone = 0;
    }
  }

  clear(): void {
    this.#items = [];
    this.#gone = 0;
  }

  #removeFirst(): void {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = items[child];
      if (left === undefined) break;
      const right = items[child + 1];
      const smaller = right !== undefined && right.expires < left.expires ? right : left;
      if (smaller === right) child++;
      if (smaller.expires >= last.expires) break;
      items[at] = smaller;
      at = child;
    }
    items[at] = last;
  }
}
