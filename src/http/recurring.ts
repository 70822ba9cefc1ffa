/**
 * What was read of texts that come again and again. Of one that comes for the first time only a trace is kept, since most of what a crawler asks
 * for never comes again, and what is kept for some thousand requests is what the collector has most work with.
 */
export class Recurring<V> {
  readonly #most: number;
  readonly #traces: Uint32Array;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param most how many it keeps at least, and half of how many it keeps at most; a power of two */
  constructor(most: number) {
    this.#most = most;
    this.#traces = new Uint32Array(TRACES_EACH * most);
  }

  /** What was read of a text, where that is kept. */
  find(text: string): V | undefined {
    const found = this.#young.get(text);
    if (found !== undefined) return found;
    const again = this.#old.get(text);
    if (again !== undefined) this.#keep(text, again);
    return again;
  }

  /** Keeps what was read of a text that it did not find, where that has come before. */
  met(text: string, read: V): void {
    const trace = Bun.hash.xxHash32(text);
    const at = trace & (this.#traces.length - 1);
    if (this.#traces[at] === trace) this.#keep(text, read);
    else this.#traces[at] = trace;
  }

  #keep(text: string, read: V): void {
    if (this.#young.size === this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, read);
  }
}

/** So that few traces are lost to others before their text comes again. */
const TRACES_EACH = 4;
