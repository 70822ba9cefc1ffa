import { LinkedList } from "../../src/store/linked-list.ts";
import type { Entry } from "./entry.ts";
import type { Policy } from "./policy.ts";

/**
 * SIEVE (Zhang et al., NSDI 2024): entries stay in the order in which they came. A hand goes from old to new and takes the marks off
 * those that were used since it passed; the first without a mark goes.
 */
export class Sieve implements Policy {
  readonly bytes = 0;
  readonly #list = new LinkedList<Entry>();
  /** Where the hand goes on; undefined for the oldest. */
  #hand: Entry | undefined;

  added(entry: Entry): void {
    this.#list.push(entry);
  }

  used(entry: Entry): void {
    entry.uses = 1;
  }

  evict(spared: Entry): Entry | undefined {
    const list = this.#list;
    if (list.oldest === list.newest) return undefined;
    let at = this.#hand ?? list.oldest;
    while (at !== undefined && (at.uses > 0 || at === spared)) {
      at.uses = 0;
      at = at.newer ?? list.oldest;
    }
    this.#hand = at?.newer;
    if (at !== undefined) list.remove(at);
    return at;
  }
}
