import type { Eviction } from "../../../src/store/memory/eviction.ts";

type Keyed = { readonly key: string };

/** Least recently used, told with one list from the least to the most recently used. */
export class NaiveLru<T extends Keyed> implements Eviction<T> {
  readonly bytes = 0;
  #entries: T[] = [];

  added(entry: T): void {
    this.#entries.push(entry);
  }

  used(entry: T): void {
    this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
  }

  removed(entry: T): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
  }

  evict(spared: T): T | undefined {
    const victim = this.#entries.find((entry) => entry !== spared);
    if (victim !== undefined) this.removed(victim);
    return victim;
  }

  clear(): void {
    this.#entries = [];
  }
}

/** S3-FIFO with one bit an entry, told with lists from the oldest to the newest, and a table of the places that ghosts fall on. */
export class NaiveS3Fifo<T extends Keyed> implements Eviction<T> {
  #newcomers: T[] = [];
  #proven: T[] = [];
  readonly #used = new Set<T>();
  readonly #places: number;
  readonly #ghosts = new Map<number, { readonly key: string; readonly turn: number }>();
  #turn = 0;

  constructor(maxBytes: number) {
    this.#places = Math.ceil(maxBytes / 2048);
  }

  get bytes(): number {
    return this.#places * 8;
  }

  added(entry: T): void {
    const place = this.#placeOf(entry);
    const ghost = this.#ghosts.get(place);
    const known = ghost?.key === entry.key;
    if (known) this.#ghosts.delete(place);
    const entries = this.#newcomers.length + this.#proven.length + 1;
    if (known && this.#turn - ghost.turn <= entries) this.#proven.push(entry);
    else this.#newcomers.push(entry);
  }

  used(entry: T): void {
    this.#used.add(entry);
  }

  removed(entry: T): void {
    this.#newcomers = this.#newcomers.filter((other) => other !== entry);
    this.#proven = this.#proven.filter((other) => other !== entry);
    this.#used.delete(entry);
  }

  evict(spared: T): T | undefined {
    for (let passed = 0; ; passed++) {
      const newcomer = this.#newcomers.find((entry) => entry !== spared);
      const proven = this.#proven.find((entry) => entry !== spared);
      const crowded = this.#newcomers.length > 0.1 * (this.#newcomers.length + this.#proven.length);
      const entry = crowded ? (newcomer ?? proven) : (proven ?? newcomer);
      if (entry === undefined) return undefined;
      if (!this.#used.has(entry) || passed === 64) {
        if (entry === newcomer) this.#ghosts.set(this.#placeOf(entry), { key: entry.key, turn: this.#turn++ });
        this.removed(entry);
        return entry;
      }
      this.removed(entry);
      this.#proven.push(entry);
    }
  }

  clear(): void {
    this.#newcomers = [];
    this.#proven = [];
    this.#used.clear();
    this.#ghosts.clear();
  }

  #placeOf({ key }: T): number {
    return Bun.hash.xxHash32(key) % this.#places;
  }
}
