import { ownHash } from "../http/own-hash.ts";

/** Something that is under way under a name; `next` is for the board alone to set. */
export interface Named<T> {
  readonly name: string;
  /** The next one in the same place of the board. */
  next: T | undefined;
}

/** A power of two: more are under way at a time only where an origin is slow, and then share places. */
const PLACES = 1024;

/**
 * What is under way, by its name, while each miss comes and goes. What is deleted of a `Map` stays in memory until the collector goes over all
 * there is, and all that it led to with it: half of what misses left behind.
 */
export class FlightBoard<T extends Named<T>> {
  readonly #places: (T | undefined)[] = new Array(PLACES).fill(undefined);

  /** What is under way under a name. */
  find(name: string): T | undefined {
    let one = this.#places[placeOf(name)];
    while (one !== undefined && one.name !== name) one = one.next;
    return one;
  }

  /** Something is under way, in the place of what was under its name. */
  add(one: T): void {
    const before = this.find(one.name);
    if (before !== undefined) this.remove(before);
    const place = placeOf(one.name);
    one.next = this.#places[place];
    this.#places[place] = one;
  }

  /** It is no longer under way; what is not on the board any more may be removed again. */
  remove(gone: T): void {
    const place = placeOf(gone.name);
    let one = this.#places[place];
    if (one === gone) this.#places[place] = gone.next;
    while (one !== undefined && one.next !== gone) one = one.next;
    if (one !== undefined) one.next = gone.next;
    gone.next = undefined;
  }
}

function placeOf(name: string): number {
  return ownHash(name) % PLACES;
}
