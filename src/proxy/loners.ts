import type { Milliseconds } from "../http/date.ts";

/** How many names are remembered about; a further one takes the place of another. */
const PLACES = 16_384;
/** Nobody can choose names beforehand that are taken for those of others. */
const SEED = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

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
    const hash = Bun.hash.xxHash32(name, SEED);
    this.#isEmpty = false;
    this.#hashes[hash % PLACES] = hash;
    this.#until[hash % PLACES] = until;
  }

  /** @param now by the clock of `until` */
  has(name: string, now: Milliseconds): boolean {
    if (this.#isEmpty) return false;
    const hash = Bun.hash.xxHash32(name, SEED);
    return this.#hashes[hash % PLACES] === hash && (this.#until[hash % PLACES] ?? 0) > now;
  }
}
