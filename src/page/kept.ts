import type { ShownExchange } from "../observe/shown-exchange.ts";

/** More is no list that a person reads. */
const MOST = 2000;

/** The last exchanges, newest first, each once though it may be told again after a gap. */
export class Kept {
  #exchanges: readonly ShownExchange[] = [];
  #names = new Set<string>();

  /**
   * @param exchanges oldest first
   * @returns all that are kept now, newest first: the same array where nothing is new
   */
  add(exchanges: readonly ShownExchange[]): readonly ShownExchange[] {
    const fresh = exchanges.filter((exchange) => !this.#names.has(nameOf(exchange)));
    if (fresh.length === 0) return this.#exchanges;
    this.#exchanges = [...fresh.toReversed(), ...this.#exchanges].slice(0, MOST);
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
