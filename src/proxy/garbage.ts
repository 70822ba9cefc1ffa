import type { Milliseconds } from "../http/date.ts";

/** What is smaller does not pile up: the engine takes it at its own pace. */
const LARGE_BYTES = 1024 * 1024;
/** Collecting takes no more than this part of the time. */
const MOST_OF_THE_TIME = 1 / 20;

/** What garbage is measured by and collected with. */
export type GarbageParts = {
  /** How much may pile up, in bytes. */
  readonly bound: number;
  /** Collects all of it before it returns. */
  readonly collect: () => void;
  /** On a clock that never steps. */
  readonly monotonic: () => Milliseconds;
};

/**
 * The chunks of bodies that nobody refers to any more. The engine frees them once there is as much again as was alive, which after large
 * bodies is a multiple of what any of them may take; so it is told to once they amount to a part of that.
 */
export class Garbage {
  readonly #parts: GarbageParts;
  #bytes = 0;
  #notBefore: Milliseconds = Number.NEGATIVE_INFINITY;

  constructor(parts: GarbageParts) {
    this.#parts = parts;
  }

  /** Counts a body that has become garbage, in bytes. */
  add(bytes: number): void {
    if (bytes < LARGE_BYTES) return;
    this.#bytes += bytes;
    const { bound, collect, monotonic } = this.#parts;
    if (this.#bytes < bound) return;
    const from = monotonic();
    if (from < this.#notBefore) return;
    collect();
    this.#bytes = 0;
    const until = monotonic();
    // It stops everything, and the longer the more is stored.
    this.#notBefore = until + (until - from) / MOST_OF_THE_TIME;
  }
}
