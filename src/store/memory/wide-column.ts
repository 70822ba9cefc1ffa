/** Places of one piece. */
const SHIFT = 12;
const MASK = 2 ** SHIFT - 1;

/** As {@link Column}, for numbers of any size: instants, and bytes. A class of its own, so that the engine sees one kind of array in each. */
export class WideColumn {
  #pieces: Float64Array[] = [];

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

  #grow(number: number): Float64Array {
    while (this.#pieces.length < number) this.#pieces.push(new Float64Array(MASK + 1));
    const piece = new Float64Array(MASK + 1);
    this.#pieces.push(piece);
    return piece;
  }
}
