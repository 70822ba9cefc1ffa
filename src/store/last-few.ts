import { type Linked, LinkedList } from "./linked-list.ts";

interface Entry<K, V> extends Linked<Entry<K, V>> {
  readonly key: K;
  readonly value: V;
}

/**
 * A map of what was set last. What was set first is found by a list beside it: a `Map` that is asked for its first key walks over all that
 * were deleted before it.
 */
export class LastFew<K, V> {
  readonly #entries = new Map<K, Entry<K, V>>();
  readonly #list = new LinkedList<Entry<K, V>>();
  readonly #most: number;

  /** @param most how many it keeps */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  values(): Iterable<V> {
    return this.#entries.values().map(({ value }) => value);
  }

  /** Sets a value, which is the last one then. The value that had to go for it, if one had to. */
  set(key: K, value: V): V | undefined {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#list.remove(before);
    const entry: Entry<K, V> = { key, value, older: undefined, newer: undefined };
    this.#entries.set(key, entry);
    this.#list.push(entry);
    const { oldest } = this.#list;
    if (this.#entries.size <= this.#most || oldest === undefined) return undefined;
    this.#list.remove(oldest);
    this.#entries.delete(oldest.key);
    return oldest.value;
  }

  clear(): void {
    this.#entries.clear();
    this.#list.clear();
  }
}
