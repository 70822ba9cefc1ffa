/** Places of one piece. */
const SHIFT = 12;
const MASK = 2 ** SHIFT - 1;

/**
 * A whole number from -2³¹ to below 2³¹ for each of many things that are numbered themselves; 0 at first. The collector sees a piece
 * for thousands of them, and nothing that is there is moved when more come.
 */
export class Column {
  #pieces: Int32Array[] = [];

  get(at: number): number {
    return this.#pieces[at >> SHIFT]?.[at & MASK] ?? 0;
  }

  set(at: number, value: number): void {
    const piece = this.#pieces[at >> SHIFT] ?? this.#grow(at >> SHIFT);
    piece[at & MASK] = value;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#pieces = [];
  }

  #grow(number: number): Int32Array {
    while (this.#pieces.length < number) this.#pieces.push(new Int32Array(MASK + 1));
    const piece = new Int32Array(MASK + 1);
    this.#pieces.push(piece);
    return piece;
  }
}
