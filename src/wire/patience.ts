import type { Milliseconds } from "../http/date.ts";

/** How long the origin is waited for, counted only while it is its turn. */
export class Patience {
  readonly #limit: Milliseconds;
  readonly #onLate: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /** @param onLate called once its turn has lasted longer than the limit */
  constructor(limit: Milliseconds, onLate: () => void) {
    this.#limit = limit;
    this.#onLate = onLate;
  }

  /** It is the origin's turn, from now on. */
  begin(): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onLate, this.#limit);
  }

  /** It is the client's. */
  hold(): void {
    clearTimeout(this.#timer);
  }

  /** Nobody is waited for any longer. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
