import { Column } from "./column.ts";
import { NONE } from "./numbers.ts";

/** Of each number its neighbours in the list that it is in; lists may share them, since a number is in one at a time. */
export class Links {
  readonly older = new Column();
  readonly newer = new Column();

  /** Lets go of everything, at once. */
  clear(): void {
    this.older.clear();
    this.newer.clear();
  }
}

/** A list of numbers, any of which moves or goes at once. */
export class LinkedNumbers {
  readonly #links: Links;
  #oldest = NONE;
  #newest = NONE;

  constructor(links: Links) {
    this.#links = links;
  }

  get newest(): number {
    return this.#newest;
  }

  /** The oldest that is another than this one. */
  oldestBut(spared: number): number {
    return this.#oldest === spared ? this.#links.newer.get(spared) : this.#oldest;
  }

  /** Adds one that is in no list as the newest. */
  push(number: number): void {
    const { older, newer } = this.#links;
    older.set(number, this.#newest);
    newer.set(number, NONE);
    if (this.#newest === NONE) this.#oldest = number;
    else newer.set(this.#newest, number);
    this.#newest = number;
  }

  /** Takes out one that is in this list. */
  remove(number: number): void {
    const links = this.#links;
    const older = links.older.get(number);
    const newer = links.newer.get(number);
    if (older === NONE) this.#oldest = newer;
    else links.newer.set(older, newer);
    if (newer === NONE) this.#newest = older;
    else links.older.set(newer, older);
  }

  /** Lets go of everything, at once; the links are for whoever shares them. */
  clear(): void {
    this.#oldest = NONE;
    this.#newest = NONE;
  }
}
