import type { Milliseconds } from "../http/date.ts";
import { ownHash } from "../http/own-hash.ts";

/** How many names are remembered about; a further one takes the place of another. */
const PLACES = 16_384;

/**
 * Names of which the last answer was for who asked alone, for a while: to wait for the next one would be for nothing. Known by a hash in flat
 * arrays, since of requests that are all passed on each leaves one here; two names of one hash only keep each other from waiting.
 */
export class Loners {
  readonly #hashes = new Uint32Array(PLACES);
  readonly #until = new Float64Array(PLACES);
  #isEmpty = true;

  /** @param until ms on a clock that never steps */
  add(name: string, until: Milliseconds): void {
    const hash = ownHash(name);
    this.#isEmpty = false;
    this.#hashes[hash % PLACES] = hash;
    this.#until[hash % PLACES] = until;
  }

  /** @param now by the clock of `until` */
  has(name: string, now: Milliseconds): boolean {
    if (this.#isEmpty) return false;
    const hash = ownHash(name);
    return this.#hashes[hash % PLACES] === hash && (this.#until[hash % PLACES] ?? 0) > now;
  }
}
