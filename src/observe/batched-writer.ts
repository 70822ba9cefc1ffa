import type { Milliseconds } from "../http/date.ts";

/** Where batches go: resolves once the text is written. */
export type Write = (text: string) => Promise<void>;

const BATCH_BYTES = 64 * 1024;
const BATCH_MS: Milliseconds = 50;
/** What may wait while a slow reader is written to; beyond it lines are dropped and counted. */
const WAITING_BYTES = 4 * 1024 * 1024;

/** Collects lines and writes them in batches, one at a time, so that a line costs its request next to nothing. */
export class BatchedWriter {
  readonly #write: Write;
  readonly #onError: (error: unknown) => void;
  #lines: string[] = [];
  #size = 0;
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;

  /** @param onError told when a batch could not be written; its lines are lost */
  constructor(write: Write, onError: (error: unknown) => void) {
    this.#write = write;
    this.#onError = onError;
  }

  /** @param line with its line feed */
  push(line: string): void {
    if (this.#size > WAITING_BYTES) {
      this.#dropped++;
      return;
    }
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#writing !== undefined) return;
    if (this.#size >= BATCH_BYTES) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), BATCH_MS);
  }

  /** How many lines a slow reader has cost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Resolves once everything pushed so far is written or lost. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined || this.#lines.length > 0) {
      if (this.#writing === undefined) this.#start();
      await this.#writing;
    }
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#lines.join("");
    this.#lines = [];
    this.#size = 0;
    this.#writing = this.#write(text)
      .catch(this.#onError)
      .finally(() => {
        this.#writing = undefined;
        if (this.#lines.length > 0) this.#start();
      });
  }
}
