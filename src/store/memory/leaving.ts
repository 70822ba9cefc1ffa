import type { Members } from "./members.ts";

type Departure<T> = { readonly members: Members<T>; gone: number };

/** What was dropped and is too much to go in one turn of the event loop: nobody gets it any more while it goes bit by bit. */
export class Leaving<T> {
  readonly #departures = new Set<Departure<T>>();

  get isEmpty(): boolean {
    return this.#departures.size === 0;
  }

  has(item: T): boolean {
    for (const { members } of this.#departures) if (members.has(item)) return true;
    return false;
  }

  /** An item is gone, for whatever reason; it counts for the departure that began first. */
  gone(item: T): void {
    let isCounted = false;
    for (const departure of this.#departures) {
      if (!departure.members.delete(item) || isCounted) continue;
      departure.gone++;
      isCounted = true;
    }
  }

  /**
   * Lets items go, so many at once and the rest in later turns.
   * @param drop drops one, and tells `gone` of it
   * @param turn waits for another turn of the event loop
   * @returns how many went
   */
  async depart(members: Members<T>, most: number, drop: (item: T) => void, turn: () => Promise<void>): Promise<number> {
    const departure = { members, gone: 0 };
    this.#departures.add(departure);
    while (members.size > 0 && this.#departures.has(departure)) {
      for (const item of members.some(most)) drop(item);
      await turn();
    }
    this.#departures.delete(departure);
    return departure.gone;
  }

  /** All items are gone, and count for whoever let them go. */
  clear(): void {
    this.#departures.clear();
  }
}
