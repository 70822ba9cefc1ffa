import type { CacheKey } from "../../caching/key.ts";
import type { KeyRange } from "../inventory.ts";
import { KeyOrder } from "./key-order.ts";
import { KeyTable } from "./key-table.ts";
import type { Slot } from "./slot.ts";

/** The slots of the memory tier, found by their keys and gone over in the order of their keys. */
export class Slots {
  readonly #table = new KeyTable<Slot>();
  readonly #order = new KeyOrder<Slot>();

  get(key: CacheKey): Slot | undefined {
    return this.#table.get(key);
  }

  /** @param key of which there is no slot */
  add(key: CacheKey, slot: Slot): void {
    this.#table.add(key, slot);
    this.#order.add(key, slot);
  }

  delete(slot: Slot): void {
    this.#table.delete(slot);
    this.#order.delete(slot);
  }

  /** Those whose keys are this one or come after it, in their order; to be left before anything comes or goes. */
  from(key: string): Iterable<Slot> {
    return this.#order.from(key);
  }

  /** As `Inventory.keys` has it. */
  keys(range: KeyRange, isThere: (slot: Slot) => boolean): readonly CacheKey[] {
    return this.#order.page(range, isThere);
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#table.clear();
    this.#order.clear();
  }
}
