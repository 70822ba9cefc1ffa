import { SQLiteError } from "bun:sqlite";
import type { Milliseconds } from "../../http/date.ts";

/** How long another process may have the file to itself before that counts as a failure. */
const PATIENCE: Milliseconds = 2000;
const PAUSE: Milliseconds = 5;

/**
 * Does what may find the file in use by another process, again and again until it is not; the event loop goes on between. A try holds
 * it up for ms, so that of all who wait one tries at a time.
 */
export class Patience {
  readonly #steady: () => Milliseconds;
  /** While nobody tries: resolves to what the last one who did was told. */
  #pause: Promise<unknown> | undefined;

  /** @param steady ms on a clock that never steps */
  constructor(steady: () => Milliseconds) {
    this.#steady = steady;
  }

  /** @throws whatever `run` throws else, or what says that the file is in use, still after two seconds */
  async wait<T>(run: () => T): Promise<T> {
    const until = this.#steady() + PATIENCE;
    for (;;) {
      while (this.#pause !== undefined) {
        const error = await this.#pause;
        if (this.#steady() > until) throw error;
      }
      try {
        return run();
      } catch (error) {
        if (!isBusy(error)) throw error;
        this.#pause = this.#rest(error);
      }
    }
  }

  async #rest(error: unknown): Promise<unknown> {
    // Not in step with whoever else waits.
    await Bun.sleep(PAUSE * (0.5 + Math.random()));
    this.#pause = undefined;
    return error;
  }
}

/** Whether an error says that another process has the file to itself. */
export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && (error.code?.startsWith("SQLITE_BUSY") ?? false);
}
