import type { Eviction } from "../../../src/store/memory/eviction.ts";
import { NONE } from "../../../src/store/memory/numbers.ts";

/** Least recently used, told with one list from the least to the most recently used. */
export class NaiveLru implements Eviction {
  readonly bytes = 0;
  #entries: number[] = [];

  added(entry: number): void {
    this.#entries.push(entry);
  }

  used(entry: number): void {
    this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
  }

  removed(entry: number): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
  }

  evict(spared: number): number {
    const victim = this.#entries.find((entry) => entry !== spared) ?? NONE;
    this.removed(victim);
    return victim;
  }

  clear(): void {
    this.#entries = [];
  }
}

/** S3-FIFO with one bit an entry, told with lists from the oldest to the newest, and a table of the places that ghosts fall on. */
export class NaiveS3Fifo implements Eviction {
  #newcomers: number[] = [];
  #proven: number[] = [];
  readonly #used = new Set<number>();
  readonly #keys = new Map<number, string>();
  readonly #places: number;
  readonly #ghosts = new Map<number, { readonly key: string; readonly turn: number }>();
  #turn = 0;

  constructor(maxBytes: number) {
    this.#places = Math.ceil(maxBytes / 2048);
  }

  get bytes(): number {
    return this.#places * 8;
  }

  added(entry: number, key: string): void {
    this.#keys.set(entry, key);
    const place = this.#placeOf(key);
    const ghost = this.#ghosts.get(place);
    const known = ghost?.key === key;
    if (known) this.#ghosts.delete(place);
    const entries = this.#newcomers.length + this.#proven.length + 1;
    if (known && this.#turn - ghost.turn <= entries) this.#proven.push(entry);
    else this.#newcomers.push(entry);
  }

  used(entry: number): void {
    this.#used.add(entry);
  }

  removed(entry: number): void {
    this.#newcomers = this.#newcomers.filter((other) => other !== entry);
    this.#proven = this.#proven.filter((other) => other !== entry);
    this.#used.delete(entry);
  }

  evict(spared: number): number {
    for (let passed = 0; ; passed++) {
      const newcomer = this.#newcomers.find((entry) => entry !== spared);
      const proven = this.#proven.find((entry) => entry !== spared);
      const crowded = this.#newcomers.length > 0.1 * (this.#newcomers.length + this.#proven.length);
      const entry = crowded ? (newcomer ?? proven) : (proven ?? newcomer);
      if (entry === undefined) return NONE;
      if (!this.#used.has(entry) || passed === 64) {
        const key = this.#keys.get(entry) ?? "";
        if (entry === newcomer) this.#ghosts.set(this.#placeOf(key), { key, turn: this.#turn++ });
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

  #placeOf(key: string): number {
    return Bun.hash.xxHash32(key) % this.#places;
  }
}
