import type { Eviction } from "../../src/store/memory/eviction.ts";
import type { Entry } from "./entry.ts";
import type { Policy } from "./policy.ts";

/** One of the store's orders of eviction, which know entries by their numbers; here an object has the same one each time. */
export class ByNumber implements Policy {
  readonly #order: Eviction;
  readonly #entries = new Map<number, Entry>();

  constructor(order: Eviction) {
    this.#order = order;
  }

  get bytes(): number {
    return this.#order.bytes;
  }

  added(entry: Entry): void {
    this.#entries.set(numberOf(entry), entry);
    this.#order.added(numberOf(entry), `/objects/${entry.object}`);
  }

  used(entry: Entry): void {
    this.#order.used(numberOf(entry));
  }

  evict(spared: Entry): Entry | undefined {
    const gone = this.#order.evict(numberOf(spared));
    const entry = this.#entries.get(gone);
    this.#entries.delete(gone);
    return entry;
  }
}

/** 0 is nothing's number. */
function numberOf({ object }: Entry): number {
  return object + 1;
}
