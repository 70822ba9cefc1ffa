/** Something with a place in a {@link LinkedList}, whose links the list alone sets; undefined at first. */
export type Linked<T> = {
  older: T | undefined;
  newer: T | undefined;
};

/** A list whose items carry the links themselves, so that any of them moves or goes at once and needs no node of its own. */
export class LinkedList<T extends Linked<T>> {
  #oldest: T | undefined;
  #newest: T | undefined;

  get oldest(): T | undefined {
    return this.#oldest;
  }

  get newest(): T | undefined {
    return this.#newest;
  }

  /** Adds an item that is in no list as the newest. */
  push(item: T): void {
    item.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
  }

  /** Takes out an item, which must be in this list. */
  remove(item: T): void {
    const { older, newer } = item;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    item.older = undefined;
    item.newer = undefined;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#oldest = undefined;
    this.#newest = undefined;
  }
}
