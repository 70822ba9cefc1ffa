import type { Instant, Milliseconds } from "../../http/date.ts";
import type { Rows } from "./rows.ts";

/** Uses of one response that lie closer together than this count as one: nothing is written for most hits. */
const COARSENESS: Milliseconds = 60_000;
/** Most that are remembered, and most that are written at a time. */
const REMEMBERED = 10_000;
const STEP = 200;

/** When what was last used, until it is written. What a crash loses of it costs a few responses their place in the order of eviction. */
export class Uses {
  readonly #used = new Map<number, Instant>();

  /** @param before when it was used last, as it is written */
  note(id: number, before: Instant, now: Instant): void {
    if (now - before > COARSENESS && this.#used.size < REMEMBERED) this.#used.set(id, now);
  }

  get isEmpty(): boolean {
    return this.#used.size === 0;
  }

  /** Writes some of them, within a transaction. */
  write(rows: Rows): void {
    for (const [id, now] of this.#used.entries().take(STEP).toArray()) {
      rows.use(id, now);
      this.#used.delete(id);
    }
  }
}
