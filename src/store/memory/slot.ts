import type { CacheKey } from "../../caching/key.ts";
import { replaces, reusableUntil, type StoredResponse } from "../../caching/stored.ts";
import type { Instant } from "../../http/date.ts";
import type { Arena } from "./arena.ts";
import type { Queued } from "./eviction-s3-fifo.ts";
import type { Expiring } from "./expiry-heap.ts";
import type { Ordered } from "./key-order.ts";
import type { Hashed } from "./key-table.ts";
import { Packed } from "./packed.ts";
import type { Unpackable, Unpacking } from "./unpacked.ts";

/** Variants kept under one key; a request field with endless values must not fill the store through one URL. */
const MAX_VARIANTS = 128;
/** About what the objects of an unpacked response weigh beside its text and a small body. */
const UNPACKED_BYTES = 3500;

const USED = 1;
const PROVEN = 2;
/** Above the two bits; the engine holds numbers up to 2³¹ in place. */
const FOUND_SHIFT = 2;
const ONCE_FOUND = 1 << FOUND_SHIFT;
const MOST_FOUND = 2 ** 31 - ONCE_FOUND;

/** What a slot holds after a put, and what went from it. */
type Renewed = { readonly kept: readonly StoredResponse[]; readonly gone: readonly Node[] };

/** One stored response with its place in the order of expiry and under its key. */
export class Node extends Packed implements Expiring {
  readonly slot: Slot;
  /** What it counts for. */
  readonly bytes: number;
  expires: Instant;
  at = -1;
  /** What was put before it under the same key. */
  before: Node | undefined = undefined;

  constructor(slot: Slot, stored: StoredResponse, bytes: number, arena: Arena) {
    super(arena, stored, slot.found);
    this.slot = slot;
    this.bytes = bytes;
    this.expires = reusableUntil(stored.reading);
  }
}

/** What lies under one key, with its place among the keys and in the order of eviction. */
export class Slot implements Hashed<Slot>, Ordered<Slot>, Queued<Slot>, Unpackable<Slot> {
  hash = 0;
  next: Slot | undefined = undefined;
  /** The response that was put last; none before the first is put. */
  newest: Node | undefined = undefined;
  older: Slot | undefined = undefined;
  newer: Slot | undefined = undefined;
  unpacked: Unpacking<Slot> | undefined = undefined;
  block: Ordered<Slot>["block"] = undefined;
  /** `used`, `proven` and `found` in one number: a further member of each of a million slots would weigh more than the order of their keys. */
  #marks = 0;

  get used(): boolean {
    return (this.#marks & USED) !== 0;
  }

  set used(is: boolean) {
    this.#marks = is ? this.#marks | USED : this.#marks & ~USED;
  }

  get proven(): boolean {
    return (this.#marks & PROVEN) !== 0;
  }

  set proven(is: boolean) {
    this.#marks = is ? this.#marks | PROVEN : this.#marks & ~PROVEN;
  }

  /** How often somebody asked for it. */
  get found(): number {
    return this.#marks >> FOUND_SHIFT;
  }

  /** Somebody asks for it. */
  find(): void {
    if (this.#marks < MOST_FOUND) this.#marks += ONCE_FOUND;
  }

  get key(): string {
    return this.newest?.key ?? "";
  }

  compareKey(key: string): number {
    return this.newest?.compareKey(key) ?? -1;
  }

  hasKey(key: string): boolean {
    return key === (this.unpacked?.key ?? this.key);
  }

  /** The responses, the most recently put first; whichever is looked at may go meanwhile. */
  *nodes(): Iterable<Node> {
    let node = this.newest;
    while (node !== undefined) {
      const { before } = node;
      yield node;
      node = before;
    }
  }

  /** What lies here, as `get` gives it. */
  unpack(key: CacheKey): readonly StoredResponse[] {
    const variants: StoredResponse[] = [];
    for (let node = this.newest; node !== undefined; node = node.before) variants.push(node.unpack(key));
    return variants;
  }

  /** About what `unpack` gives weighs. */
  get unpackedBytes(): number {
    let bytes = 0;
    for (let node = this.newest; node !== undefined; node = node.before) bytes += UNPACKED_BYTES + node.length;
    return bytes;
  }

  /**
   * Puts a response before those that it leaves in their place.
   * @param held what lies here, unpacked
   * @returns what lies here then, and the nodes of the others
   */
  renew(node: Node, stored: StoredResponse, held: readonly StoredResponse[]): Renewed {
    const kept = [stored];
    const gone: Node[] = [];
    let last = node;
    let i = 0;
    for (const other of this.nodes()) {
      const before = held[i++];
      if (before === undefined || kept.length === MAX_VARIANTS || replaces(stored, before)) gone.push(other);
      else {
        kept.push(before);
        last.before = other;
        last = other;
      }
    }
    last.before = undefined;
    this.newest = node;
    return { kept, gone };
  }

  /** Takes out one response; whether that was the last of them. */
  remove(gone: Node): boolean {
    if (this.newest === gone) this.newest = gone.before;
    for (const node of this.nodes()) if (node.before === gone) node.before = gone.before;
    return this.newest === undefined;
  }
}
