import type { Milliseconds } from "../http/date.ts";
import { TIME_BUCKETS, timeBucket } from "./buckets.ts";

/** How late the event loop was, as JSON carries it. */
export type Lag = {
  /** How often it was looked at, by bucket. */
  readonly buckets: readonly number[];
  /** All of it added up. */
  readonly ms: Milliseconds;
  /** The worst of the last ten seconds. */
  readonly worstMs: Milliseconds;
};

/** So seldom that it costs nothing; each look is what something would have waited that came then. */
const EVERY_MS: Milliseconds = 250;
const REMEMBERED = 40;

/**
 * Looks four times a second how late a timer fires, which is how long all else had to wait then. `monitorEventLoopDelay` would wake the
 * process as often as it looks as well, and what it knows cannot be told to another process.
 */
export class LoopLag implements Disposable {
  readonly #now: () => Milliseconds;
  readonly #buckets = new Float64Array(TIME_BUCKETS);
  readonly #last = new Float64Array(REMEMBERED);
  readonly #timer: ReturnType<typeof setInterval>;
  #ms = 0;
  #looks = 0;
  #due: Milliseconds;

  /** @param now on a clock that never steps */
  constructor(now: () => Milliseconds) {
    this.#now = now;
    this.#due = now() + EVERY_MS;
    this.#timer = setInterval(() => this.look(), EVERY_MS);
    this.#timer.unref();
  }

  /** Notes how late it is; the next look is due after the usual time. */
  look(): void {
    const now = this.#now();
    const late = Math.max(0, now - this.#due);
    const bucket = timeBucket(late);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#last[this.#looks++ % REMEMBERED] = late;
    this.#ms += late;
    this.#due = now + EVERY_MS;
  }

  get lag(): Lag {
    return { buckets: [...this.#buckets], ms: this.#ms, worstMs: Math.max(...this.#last) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
