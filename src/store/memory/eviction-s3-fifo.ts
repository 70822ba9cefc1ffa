import { Column } from "./column.ts";
import type { Eviction } from "./eviction.ts";
import { fingerprintOf, Ghosts } from "./ghosts.ts";
import { LinkedNumbers, Links } from "./linked-numbers.ts";
import { NONE } from "./numbers.ts";

/** It was asked for since it came, or since it last came round. */
const USED = 1;
/** It is among the proven ones and not among the newcomers. */
const PROVEN = 2;
/** The share of the entries that are newcomers. */
const NEWCOMERS = 0.1;
/** One ghost for so many bytes of the store: there are hardly more entries. */
const BYTES_PER_GHOST = 2048;
/** How many used entries one eviction may pass over, so that it takes no longer than that. */
const MOST_PASSED = 64;

/**
 * S3-FIFO (Yang et al., SOSP 2023) with one bit an entry. A tenth of the entries are newcomers; the oldest of them goes first, unless it
 * was used, which proves it. One that comes back soon after it went is proven at once. Of the proven ones the oldest that was not
 * used since it last came round goes. A use sets a bit and moves nothing.
 */
export class S3FifoEviction implements Eviction {
  readonly #links = new Links();
  readonly #newcomers = new LinkedNumbers(this.#links);
  readonly #proven = new LinkedNumbers(this.#links);
  readonly #marks = new Column();
  /** What the ghost of each would be known by. */
  readonly #fingerprints = new Column();
  readonly #ghosts: Ghosts;
  #newcomerCount = 0;
  #count = 0;

  /** @param maxBytes the store's bound */
  constructor(maxBytes: number) {
    this.#ghosts = new Ghosts(Math.ceil(maxBytes / BYTES_PER_GHOST));
  }

  get bytes(): number {
    return this.#ghosts.bytes;
  }

  added(entry: number, key: string): void {
    this.#count++;
    const fingerprint = fingerprintOf(key);
    this.#fingerprints.set(entry, fingerprint);
    if (this.#ghosts.recall(fingerprint, this.#count)) this.#marks.set(entry, PROVEN);
    else {
      this.#marks.set(entry, 0);
      this.#newcomerCount++;
    }
    this.#listOf(entry).push(entry);
  }

  used(entry: number): void {
    this.#marks.set(entry, this.#marks.get(entry) | USED);
  }

  removed(entry: number): void {
    this.#count--;
    if (!this.#is(PROVEN, entry)) this.#newcomerCount--;
    this.#listOf(entry).remove(entry);
  }

  evict(spared: number): number {
    let entry = this.#next(spared);
    for (let passed = 0; entry !== NONE && this.#is(USED, entry) && passed < MOST_PASSED; passed++) {
      this.#passOver(entry);
      entry = this.#next(spared);
    }
    if (entry === NONE) return NONE;
    this.removed(entry);
    if (!this.#is(PROVEN, entry)) this.#ghosts.remember(this.#fingerprints.get(entry));
    return entry;
  }

  clear(): void {
    this.#newcomers.clear();
    this.#proven.clear();
    this.#links.clear();
    this.#marks.clear();
    this.#fingerprints.clear();
    this.#ghosts.clear();
    this.#newcomerCount = 0;
    this.#count = 0;
  }

  #next(spared: number): number {
    const newcomer = this.#newcomers.oldestBut(spared);
    if (newcomer !== NONE && this.#newcomerCount > this.#count * NEWCOMERS) return newcomer;
    const proven = this.#proven.oldestBut(spared);
    return proven === NONE ? newcomer : proven;
  }

  /** Makes a used entry the newest of the proven ones, where another use must prove it anew. */
  #passOver(entry: number): void {
    this.#listOf(entry).remove(entry);
    if (!this.#is(PROVEN, entry)) this.#newcomerCount--;
    this.#marks.set(entry, PROVEN);
    this.#proven.push(entry);
  }

  #is(mark: number, entry: number): boolean {
    return (this.#marks.get(entry) & mark) !== 0;
  }

  #listOf(entry: number): LinkedNumbers {
    return this.#is(PROVEN, entry) ? this.#proven : this.#newcomers;
  }
}
