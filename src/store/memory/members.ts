/** A `Set` moves all that it holds whenever it has doubled: no one set holds more than that. */
const MOST_IN_ONE = 32_768;

/** A set of any size, none of whose calls takes long, in no order. */
export class Members<T> {
  readonly #sets: Set<T>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param item which is not among them */
  add(item: T): void {
    const last = this.#sets.at(-1);
    if (last === undefined || last.size === MOST_IN_ONE) this.#sets.push(new Set([item]));
    else last.add(item);
    this.#size++;
  }

  has(item: T): boolean {
    return this.#sets.some((set) => set.has(item));
  }

  /** Whether it was among them. */
  delete(item: T): boolean {
    const at = this.#sets.findIndex((set) => set.delete(item));
    if (at < 0) return false;
    if (this.#sets[at]?.size === 0) this.#sets.splice(at, 1);
    this.#size--;
    return true;
  }

  /** All of them, and also those that come meanwhile, but for those that go. */
  *[Symbol.iterator](): Iterator<T> {
    // A set that has become empty is taken out of the list.
    for (const set of [...this.#sets]) yield* set;
  }

  /** All of them, as they are now. */
  all(): readonly T[] {
    return this.#sets.flatMap((set) => [...set]);
  }

  /** Some of them, not more than fit into one set. */
  some(most: number): readonly T[] {
    return this.#sets.at(-1)?.values().take(most).toArray() ?? [];
  }
}
