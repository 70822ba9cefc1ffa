import type { Milliseconds } from "../http/date.ts";

/** Waits; ends early where all is stopped. */
export type Pause = (length: Milliseconds) => Promise<void>;

/** After so many answers without a wish for a pause, twice as many may be under way. */
const CALM = 16;

/** Lets so many requests through at a time: none during a pause, one by one after it, and bit by bit more again. */
export class Gate {
  readonly #most: number;
  readonly #clock: () => Milliseconds;
  readonly #pause: Pause;
  readonly #stop: AbortSignal;
  #width: number;
  #inside = 0;
  #closed = 0;
  #calm = 0;
  #until = 0;
  #inVain = 0;
  #left = Promise.withResolvers<void>();

  /**
   * @param clock ms on a clock that never steps
   * @param stop lets all through, who then find that all is stopped
   */
  constructor(most: number, clock: () => Milliseconds, pause: Pause, stop: AbortSignal) {
    this.#most = most;
    this.#width = most;
    this.#clock = clock;
    this.#pause = pause;
    this.#stop = stop;
  }

  /** How long the pause still takes. */
  get remaining(): Milliseconds {
    return Math.max(0, this.#until - this.#clock());
  }

  /** How many pauses there were in a row after which nothing but the wish for another came. */
  get inVain(): number {
    return this.#inVain;
  }

  /** Runs something inside; its value is no wish for a pause unless it closes the gate. */
  async through<T>(run: () => Promise<T>): Promise<T> {
    await this.#enter();
    const before = this.#closed;
    try {
      return await run();
    } finally {
      this.#inside--;
      if (this.#closed === before) this.#calmed();
      this.#open();
    }
  }

  /** Closes for everybody; those inside come to their end. */
  close(length: Milliseconds): void {
    // What many are told at once is one wish.
    if (this.remaining === 0) this.#inVain++;
    this.#closed++;
    this.#width = 1;
    this.#until = Math.max(this.#until, this.#clock() + length);
    this.#calm = 0;
  }

  #calmed(): void {
    this.#inVain = 0;
    this.#calm++;
    if (this.#calm % CALM === 0) this.#width = Math.min(this.#most, this.#width * 2);
  }

  async #enter(): Promise<void> {
    while (!this.#stop.aborted) {
      if (this.remaining > 0) await this.#pause(this.remaining);
      else if (this.#inside >= this.#width) await this.#left.promise;
      else break;
    }
    this.#inside++;
  }

  #open(): void {
    const { resolve } = this.#left;
    this.#left = Promise.withResolvers();
    resolve();
  }
}
