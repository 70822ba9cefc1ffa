/** In which order what is still of use leaves a store that is short of room; each order is a file beside this one. */
export interface Eviction<T> {
  /** Bytes it takes besides what it keeps in the entries; the store makes room for them. */
  readonly bytes: number;
  /** An entry has come that was not there. */
  added(entry: T): void;
  /** An entry that is there was asked for, or put again. */
  used(entry: T): void;
  /** An entry went for another reason than this order: it expired, or was invalidated. */
  removed(entry: T): void;
  /**
   * Takes out the entry that is to go next.
   * @param spared what was just put, which stays
   * @returns undefined where no other is left
   */
  evict(spared: T): T | undefined;
  /** Forgets everything, at once. */
  clear(): void;
}
