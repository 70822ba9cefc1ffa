import type { CacheKey } from "../../caching/key.ts";
import { replaces, type StoredResponse } from "../../caching/stored.ts";
import type { KeyRange } from "../inventory.ts";
import { Column } from "./column.ts";
import { KeyOrder } from "./key-order.ts";
import { KeyTable } from "./key-table.ts";
import type { Node, Nodes } from "./nodes.ts";
import { NONE, Numbers } from "./numbers.ts";

/** What lies under one key, by its number. */
export type Slot = number;

/** Variants kept under one key; a request field with endless values must not fill the store through one URL. */
const MAX_VARIANTS = 128;
/** About what the objects of an unpacked response weigh beside its text and a small body. */
const UNPACKED_BYTES = 3500;
const MOST_FOUND = 2 ** 31 - 1;

/** What a slot holds after a put, and what went from it. */
type Renewed = { readonly kept: readonly StoredResponse[]; readonly gone: readonly Node[] };

/** The slots of the memory tier, found by their keys and gone over in the order of their keys. */
export class Slots {
  readonly #nodes: Nodes;
  readonly #numbers = new Numbers();
  readonly #table: KeyTable;
  readonly #order: KeyOrder;
  /** The response in each that was put last. */
  readonly #newest = new Column();
  /** How often somebody asked for each. */
  readonly #found = new Column();

  constructor(nodes: Nodes) {
    this.#nodes = nodes;
    const compareKey = (slot: Slot, key: string): number => nodes.packed.compareKey(this.newest(slot), key);
    this.#table = new KeyTable((slot, key) => compareKey(slot, key) === 0);
    this.#order = new KeyOrder({ compareKey, keyOf: (slot) => this.keyOf(slot) });
  }

  /** What lies under a key; `NONE` where nothing does. */
  get(key: CacheKey): Slot {
    return this.#table.get(key);
  }

  /** A number for what is to lie under a key of which there is none. */
  open(): Slot {
    const slot = this.#numbers.take();
    this.#found.set(slot, 0);
    return slot;
  }

  /** Puts the first response into a slot that was opened. */
  add(key: CacheKey, slot: Slot, node: Node): void {
    this.#newest.set(slot, node);
    this.#table.add(key, slot);
    this.#order.add(key, slot);
  }

  delete(slot: Slot): void {
    this.#table.delete(slot);
    this.#order.delete(slot);
    this.#numbers.giveBack(slot);
  }

  /** Those whose keys are this one or come after it, in their order; to be left before anything comes or goes. */
  from(key: string): Iterable<Slot> {
    return this.#order.from(key);
  }

  /** As `Inventory.keys` has it. */
  keys(range: KeyRange, isThere: (slot: Slot) => boolean): readonly CacheKey[] {
    return this.#order.page(range, isThere);
  }

  keyOf(slot: Slot): string {
    return this.#nodes.packed.keyOf(this.newest(slot));
  }

  newest(slot: Slot): Node {
    return this.#newest.get(slot);
  }

  found(slot: Slot): number {
    return this.#found.get(slot);
  }

  /** Somebody asks for it. */
  countFound(slot: Slot): void {
    const found = this.#found.get(slot);
    if (found < MOST_FOUND) this.#found.set(slot, found + 1);
  }

  /** The responses, the most recently put first; whichever is looked at may go meanwhile. */
  *nodes(slot: Slot): Iterable<Node> {
    for (let node = this.newest(slot); node !== NONE; ) {
      const before = this.#nodes.before(node);
      yield node;
      node = before;
    }
  }

  /** What lies in one, as `get` of the store gives it. */
  unpack(slot: Slot, key: CacheKey): readonly StoredResponse[] {
    const variants: StoredResponse[] = [];
    for (const node of this.nodes(slot)) variants.push(this.#nodes.unpack(node, key));
    return variants;
  }

  /** About what `unpack` gives weighs. */
  unpackedBytes(slot: Slot): number {
    let bytes = 0;
    for (const node of this.nodes(slot)) bytes += UNPACKED_BYTES + this.#nodes.packed.lengthOf(node);
    return bytes;
  }

  /**
   * Puts a response before those that it leaves in their place.
   * @param held what lies there, unpacked
   * @returns what lies there then, and the nodes of the others
   */
  renew(slot: Slot, node: Node, stored: StoredResponse, held: readonly StoredResponse[]): Renewed {
    const kept = [stored];
    const gone: Node[] = [];
    let last = node;
    let i = 0;
    for (const other of this.nodes(slot)) {
      const before = held[i++];
      if (before === undefined || kept.length === MAX_VARIANTS || replaces(stored, before)) gone.push(other);
      else {
        kept.push(before);
        this.#nodes.setBefore(last, other);
        last = other;
      }
    }
    this.#nodes.setBefore(last, NONE);
    this.#newest.set(slot, node);
    return { kept, gone };
  }

  /** Takes one response out of its slot; whether that was the last of them. */
  take(gone: Node): boolean {
    const slot = this.#nodes.slotOf(gone);
    const before = this.#nodes.before(gone);
    if (this.newest(slot) === gone) this.#newest.set(slot, before);
    else
      for (const node of this.nodes(slot)) if (this.#nodes.before(node) === gone) this.#nodes.setBefore(node, before);
    return this.newest(slot) === NONE;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#numbers.clear();
    this.#table.clear();
    this.#order.clear();
    this.#newest.clear();
    this.#found.clear();
  }
}
