import type { ShownExchange } from "../observe/shown-exchange.ts";
import { Kept, nameOf } from "./kept.ts";

/** Whether an exchange is wanted. */
export type Wants = (exchange: ShownExchange) => boolean;

/** What a filter wants of all that comes: what is rare stays in its list when it has long left that of all. */
export class Matching {
  readonly #wants: Wants;
  readonly #kept = new Kept();
  #newest: string | undefined;
  #list: readonly ShownExchange[] = [];

  constructor(wants: Wants) {
    this.#wants = wants;
  }

  /** @param exchanges all that are listed, newest first; what came since the last time is looked at */
  follow(exchanges: readonly ShownExchange[]): readonly ShownExchange[] {
    const [first] = exchanges;
    if (first === undefined) {
      this.#kept.clear();
      this.#list = [];
    }
    const seen = exchanges.findIndex((exchange) => nameOf(exchange) === this.#newest);
    this.#newest = first && nameOf(first);
    return this.add(seen === -1 ? exchanges : exchanges.slice(0, seen));
  }

  /** Adds those of some exchanges that are wanted, whenever they were. */
  add(exchanges: readonly ShownExchange[]): readonly ShownExchange[] {
    const wanted = exchanges.filter(this.#wants);
    if (wanted.length > 0) this.#list = this.#kept.add(wanted.toReversed());
    return this.#list;
  }
}
