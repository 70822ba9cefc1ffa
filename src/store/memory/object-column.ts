/** Places of one piece. */
const SHIFT = 10;
const MASK = 2 ** SHIFT - 1;

/** What some of many things have that are numbered, where it is no number: a place for each, in pieces, of which there are only those with something in them. */
export class ObjectColumn<T> {
  #pieces: (Piece<T> | undefined)[] = [];

  get(at: number): T | undefined {
    return this.#pieces[at >> SHIFT]?.items[at & MASK];
  }

  set(at: number, value: T): void {
    while (this.#pieces.length <= at >> SHIFT) this.#pieces.push(undefined);
    const piece = this.#pieces[at >> SHIFT] ?? new Piece();
    this.#pieces[at >> SHIFT] = piece;
    if (piece.items[at & MASK] === undefined) piece.count++;
    piece.items[at & MASK] = value;
  }

  delete(at: number): void {
    const piece = this.#pieces[at >> SHIFT];
    if (piece?.items[at & MASK] === undefined) return;
    piece.items[at & MASK] = undefined;
    if (--piece.count === 0) this.#pieces[at >> SHIFT] = undefined;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#pieces = [];
  }
}

class Piece<T> {
  readonly items = new Array<T | undefined>(MASK + 1).fill(undefined);
  count = 0;
}
