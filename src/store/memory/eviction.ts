/** In which order what is still of use leaves a store that is short of room, all of it by its numbers; each order is a file beside this one. */
export interface Eviction {
  /** Bytes it takes besides a few for each entry; the store makes room for them. */
  readonly bytes: number;
  /** An entry has come that was not there. */
  added(entry: number, key: string): void;
  /** An entry that is there was asked for, or put again. */
  used(entry: number): void;
  /** An entry went for another reason than this order: it expired, or was invalidated. */
  removed(entry: number): void;
  /**
   * Takes out the entry that is to go next.
   * @param spared what was just put, which stays
   * @returns `NONE` where no other is left
   */
  evict(spared: number): number;
  /** Forgets everything, at once. */
  clear(): void;
}
