/**
 * The last things that were kept or asked for: so many at least, and twice as many at most. What has not been asked for since so many others
 * came goes with all others of its time, which costs less than to know the oldest.
 */
export class TwoAges<K, V> {
  readonly #most: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  /** @param most how many it keeps at least */
  constructor(most: number) {
    this.#most = most;
  }

  find(key: K): V | undefined {
    const found = this.#young.get(key);
    if (found !== undefined) return found;
    const again = this.#old.get(key);
    if (again !== undefined) this.keep(key, again);
    return again;
  }

  keep(key: K, value: V): void {
    if (this.#young.size === this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
