/** When requests are to be sent: at a fixed rate, whatever becomes of those before. Times are in ms on a clock that never steps. */
export class Pacer {
  readonly #start: number;
  readonly #between: number;
  readonly #total: number;
  #given = 0;

  /**
   * @param rate requests a second
   * @param seconds for how long
   */
  constructor(start: number, rate: number, seconds: number) {
    this.#start = start;
    this.#between = 1000 / rate;
    this.#total = Math.round(rate * seconds);
  }

  get isOver(): boolean {
    return this.#given === this.#total;
  }

  /** The time at which the next request is meant to be sent, where that has come. Each is given once. */
  next(now: number): number | undefined {
    const intended = this.#start + this.#given * this.#between;
    if (this.isOver || intended > now) return undefined;
    this.#given++;
    return intended;
  }
}
