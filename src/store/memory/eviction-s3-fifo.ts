import { type Linked, LinkedList } from "../linked-list.ts";
import type { Eviction } from "./eviction.ts";
import { Ghosts } from "./ghosts.ts";

/** An entry with what this order keeps in it; `used` and `proven` are false at first. */
export interface Queued<T> extends Linked<T> {
  readonly key: string;
  /** Whether it was asked for since it came, or since it last came round. */
  used: boolean;
  /** Whether it is among the proven ones and not among the newcomers. */
  proven: boolean;
}

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
export class S3FifoEviction<T extends Queued<T>> implements Eviction<T> {
  readonly #newcomers = new LinkedList<T>();
  readonly #proven = new LinkedList<T>();
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

  added(entry: T): void {
    this.#count++;
    entry.proven = this.#ghosts.recall(entry.key, this.#count);
    if (!entry.proven) this.#newcomerCount++;
    this.#listOf(entry).push(entry);
  }

  used(entry: T): void {
    entry.used = true;
  }

  removed(entry: T): void {
    this.#count--;
    if (!entry.proven) this.#newcomerCount--;
    this.#listOf(entry).remove(entry);
  }

  evict(spared: T): T | undefined {
    let entry = this.#next(spared);
    for (let passed = 0; entry?.used && passed < MOST_PASSED; passed++) {
      this.#passOver(entry);
      entry = this.#next(spared);
    }
    if (entry === undefined) return undefined;
    this.removed(entry);
    if (!entry.proven) this.#ghosts.remember(entry.key);
    return entry;
  }

  clear(): void {
    this.#newcomers.clear();
    this.#proven.clear();
    this.#ghosts.clear();
    this.#newcomerCount = 0;
    this.#count = 0;
  }

  #next(spared: T): T | undefined {
    const newcomer = oldestBut(spared, this.#newcomers);
    if (newcomer !== undefined && this.#newcomerCount > this.#count * NEWCOMERS) return newcomer;
    return oldestBut(spared, this.#proven) ?? newcomer;
  }

  /** Makes a used entry the newest of the proven ones, where another use must prove it anew. */
  #passOver(entry: T): void {
    this.#listOf(entry).remove(entry);
    if (!entry.proven) this.#newcomerCount--;
    entry.proven = true;
    entry.used = false;
    this.#proven.push(entry);
  }

  #listOf(entry: T): LinkedList<T> {
    return entry.proven ? this.#proven : this.#newcomers;
  }
}

function oldestBut<T extends Linked<T>>(spared: T, { oldest }: LinkedList<T>): T | undefined {
  return oldest === spared ? spared.newer : oldest;
}
