import type { ShownExchange } from "../observe/shown-exchange.ts";

/** More is no list that a person reads. */
export const MOST_KEPT = 2000;

/** The last exchanges, newest first, each once though it may be told again after a gap. */
export class Kept {
  #exchanges: readonly ShownExchange[] = [];
  #names = new Set<string>();

  /**
   * @param exchanges in any order: several workers tell each of their own, and a gap is filled later
   * @returns all that are kept now, newest first: the same array where nothing is new
   */
  add(exchanges: readonly ShownExchange[]): readonly ShownExchange[] {
    const fresh = exchanges.filter((exchange) => !this.#names.has(nameOf(exchange)));
    if (fresh.length === 0) return this.#exchanges;
    this.#exchanges = [...fresh.toReversed(), ...this.#exchanges].sort((a, b) => b.at - a.at).slice(0, MOST_KEPT);
    this.#names = new Set(this.#exchanges.map(nameOf));
    return this.#exchanges;
  }

  clear(): void {
    this.#exchanges = [];
    this.#names.clear();
  }
}

/** Of one exchange alone: a proxy that was started anew counts from the beginning. */
export function nameOf({ id, at }: ShownExchange): string {
  return `${id}@${at}`;
}
