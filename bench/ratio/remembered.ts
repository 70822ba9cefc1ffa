/** The objects that went last, exactly: what src/store/memory/ghosts.ts comes near to in less space. */
export class Remembered {
  /** Each with the turn in which it went. */
  readonly #turns = new Map<number, number>();
  #order: number[] = [];
  #first = 0;
  #turn = 0;

  get size(): number {
    return this.#turns.size;
  }

  /** Keeps the `most` that went last. */
  remember(key: number, most: number): void {
    this.#turns.set(key, this.#turn++);
    this.#order.push(key);
    for (; this.#order.length - this.#first > most; this.#first++) {
      const gone = this.#order[this.#first] ?? -1;
      if (this.#turns.get(gone) === this.#turn - (this.#order.length - this.#first)) this.#turns.delete(gone);
    }
    if (this.#first < most) return;
    this.#order = this.#order.slice(this.#first);
    this.#first = 0;
  }

  /** @returns whether it was there */
  forget(key: number): boolean {
    return this.#turns.delete(key);
  }
}
