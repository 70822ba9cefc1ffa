import { ownHash } from "./own-hash.ts";
import { TwoAges } from "./two-ages.ts";

/** So that few traces are lost to others before their text comes again. */
const TRACES_EACH = 4;

/**
 * What was read of texts that come again and again. Of one that comes for the first time only a trace is kept, since most of what a crawler asks
 * for never comes again, and what is kept for some thousand requests is what the collector has most work with.
 */
export class Recurring<V> {
  readonly #traces: Uint32Array;
  readonly #kept: TwoAges<string, V>;

  /** @param most how many it keeps at least, twice as many at most */
  constructor(most: number) {
    this.#traces = new Uint32Array(TRACES_EACH * most);
    this.#kept = new TwoAges(most);
  }

  /** What was read of a text, where that is kept. */
  find(text: string): V | undefined {
    return this.#kept.find(text);
  }

  /** Keeps what was read of a text that it did not find, where that has come before. */
  met(text: string, read: V): void {
    const trace = ownHash(text);
    const at = trace % this.#traces.length;
    if (this.#traces[at] === trace) this.#kept.keep(text, read);
    else this.#traces[at] = trace;
  }
}
