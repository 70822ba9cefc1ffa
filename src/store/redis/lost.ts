import { CLEAR, isClear, type Purge } from "../../caching/purge.ts";

/** Remembered one by one; more than so many are made up for by dropping everything. */
const MOST = 10_000;

/** Invalidations that did not reach the store: what they are about must not be read from it until they are made up for. */
export class LostPurges {
  readonly #purges = new Map<string, Purge>();
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  get size(): number {
    return this.#purges.size;
  }

  add(purge: Purge): void {
    if (this.#purges.has(JSON.stringify(CLEAR))) return;
    if (isClear(purge) || this.#purges.size === this.#most) {
      this.#purges.clear();
      this.#purges.set(JSON.stringify(CLEAR), CLEAR);
      return;
    }
    this.#purges.set(JSON.stringify(purge), purge);
  }

  /**
   * Makes up for all of them in the order in which they were lost, also for those that are lost meanwhile; those that fail stay.
   * @returns how many that were
   */
  async replay(make: (purge: Purge) => Promise<unknown>): Promise<number> {
    let made = 0;
    for (let next = this.#first(); next !== undefined; next = this.#first()) {
      const [name, purge] = next;
      // Taken out first: what is lost once more meanwhile is another one.
      this.#purges.delete(name);
      try {
        await make(purge);
      } catch (error) {
        this.add(purge);
        throw error;
      }
      made++;
    }
    return made;
  }

  #first(): readonly [string, Purge] | undefined {
    for (const entry of this.#purges) return entry;
    return undefined;
  }
}
