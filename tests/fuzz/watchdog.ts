const HANGS_AFTER_MS = 60_000;

/** Ends the process where a case that runs in it never ends, and says which one; a thread of its own, since the hung one does nothing. */
export class Watchdog implements Disposable {
  readonly #shared = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;

  /** @param after ms in which no new case begins */
  constructor(name: string, seed: number, after = HANGS_AFTER_MS) {
    this.#worker = new Worker(new URL("watchdog-thread.ts", import.meta.url).href);
    this.#worker.postMessage({ shared: this.#shared.buffer, name, seed, pid: process.pid, after });
    this.#worker.unref();
  }

  /** A case begins: its number, below 0 for those of the corpus. */
  begin(number: number): void {
    Atomics.store(this.#shared, 0, number);
    Atomics.add(this.#shared, 1, 1);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
