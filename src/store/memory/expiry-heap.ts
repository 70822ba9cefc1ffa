import type { Instant } from "../../http/date.ts";
import { Column } from "./column.ts";
import { NONE } from "./numbers.ts";
import { WideColumn } from "./wide-column.ts";

/** A binary min-heap by expiry of things that are numbered, any of which can be taken out. */
export class ExpiryHeap {
  /** By place. */
  readonly #items = new Column();
  readonly #expires = new WideColumn();
  /** By item; of one that is not in the heap, any. */
  readonly #places = new Column();
  #size = 0;

  /** Takes O(log n), as do the others but for `clear`. */
  push(item: number, expires: Instant): void {
    this.#rise(item, expires, this.#size++);
  }

  /** Takes out an item; one that is not in the heap, or no longer, is let be. */
  remove(item: number): void {
    const at = this.#places.get(item);
    if (at >= this.#size || this.#items.get(at) !== item) return;
    const end = --this.#size;
    if (at === end) return;
    const last = this.#items.get(end);
    const expires = this.#expires.get(end);
    // The last one fills the gap. It may belong above it, since it need not have been below what was taken out.
    if (at > 0 && this.#expires.get((at - 1) >> 1) > expires) this.#rise(last, expires, at);
    else this.#sink(last, expires, at);
  }

  /** Takes out the item that expires first, if it has expired by `now`; `NONE` if not. */
  popExpired(now: Instant): number {
    if (this.#size === 0 || this.#expires.get(0) > now) return NONE;
    const first = this.#items.get(0);
    this.remove(first);
    return first;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#items.clear();
    this.#expires.clear();
    this.#places.clear();
    this.#size = 0;
  }

  /** Places an item at `at`, or above where it expires before what is there. */
  #rise(item: number, expires: Instant, from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#expires.get(parent) <= expires) break;
      this.#place(this.#items.get(parent), this.#expires.get(parent), at);
      at = parent;
    }
    this.#place(item, expires, at);
  }

  /** Places an item at `at`, or below where it expires after what is there. */
  #sink(item: number, expires: Instant, from: number): void {
    let at = from;
    for (let child = 2 * at + 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && this.#expires.get(child + 1) < this.#expires.get(child)) child++;
      if (this.#expires.get(child) >= expires) break;
      this.#place(this.#items.get(child), this.#expires.get(child), at);
      at = child;
    }
    this.#place(item, expires, at);
  }

  #place(item: number, expires: Instant, at: number): void {
    this.#items.set(at, item);
    this.#expires.set(at, expires);
    this.#places.set(item, at);
  }
}
