import type { Queued } from "../../src/store/memory/eviction-s3-fifo.ts";

/** What the replayed cache holds: an object, what it weighs, and what the orders of eviction keep in it. */
export interface Entry extends Queued<Entry> {
  readonly object: number;
  readonly bytes: number;
  /** How often it was used, as far as its order counts. */
  uses: number;
  /** In which of its order's queues it is. */
  queue: number;
}

export function entry(object: number, bytes: number): Entry {
  const links = { older: undefined, newer: undefined };
  return { key: `/objects/${object}`, object, bytes, ...links, used: false, proven: false, uses: 0, queue: 0 };
}
