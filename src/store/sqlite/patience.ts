import { SQLiteError } from "bun:sqlite";
import type { Milliseconds } from "../../http/date.ts";

/** How long another process may have the file to itself before that counts as a failure. */
const PATIENCE: Milliseconds = 2000;
const PAUSE: Milliseconds = 5;

/**
 * Does what may find the file in use by another process, again and again until it is not; the event loop goes on between.
 * @param steady ms on a clock that never steps
 * @throws whatever `run` throws else, or still after two seconds
 */
export async function patiently<T>(run: () => T, steady: () => Milliseconds): Promise<T> {
  const until = steady() + PATIENCE;
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!isBusy(error) || steady() > until) throw error;
      // Not in step with whoever else waits.
      await Bun.sleep(PAUSE * (0.5 + Math.random()));
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && (error.code?.startsWith("SQLITE_BUSY") ?? false);
}
