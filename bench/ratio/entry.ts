import type { Linked } from "../../src/store/linked-list.ts";

/** What the replayed cache holds: an object, what it weighs, and what the orders of eviction keep in it. */
export interface Entry extends Linked<Entry> {
  readonly object: number;
  readonly bytes: number;
  /** Whether it was asked for lately, and how often, as far as its order counts. */
  used: boolean;
  uses: number;
  /** In which of its order's queues it is. */
  queue: number;
}

export function entry(object: number, bytes: number): Entry {
  return { object, bytes, older: undefined, newer: undefined, used: false, uses: 0, queue: 0 };
}
