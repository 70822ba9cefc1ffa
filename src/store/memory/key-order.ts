import { type CacheKey, writtenKey } from "../../caching/key.ts";
import type { KeyRange } from "../inventory.ts";
import { Column } from "./column.ts";
import { Numbers } from "./numbers.ts";

/** The keys that things hold which are numbered. */
export type HeldKeys = {
  readonly keyOf: (item: number) => string;
  /** Below 0 where the item's key comes before this one, 0 where it is this one; by UTF-16 code units. */
  readonly compareKey: (item: number, key: string) => number;
};

/** A run of the order: no key of it comes before `first`, which need not be there. */
class Block {
  readonly number: number;
  first: string;
  count = 0;
  /** As long as it may become; what lies behind the last item is nothing. */
  readonly items = new Int32Array(MOST_IN_BLOCK);

  constructor(number: number, first: string) {
    this.number = number;
    this.first = first;
  }

  insert(place: number, item: number): void {
    this.items.copyWithin(place + 1, place, this.count++);
    this.items[place] = item;
  }

  remove(item: number): void {
    const place = this.items.indexOf(item);
    this.items.copyWithin(place, place + 1, this.count--);
  }
}

/** A block that is full is cut in two; one that shrinks below a quarter goes into its neighbour where there is room. */
const MOST_IN_BLOCK = 256;
const FEW_IN_BLOCK = MOST_IN_BLOCK / 4;

/**
 * Things in the order of keys that they hold themselves, in blocks, of which only the first key of each is an object of its own. What
 * comes and goes moves the links of one block.
 */
export class KeyOrder {
  readonly #held: HeldKeys;
  readonly #numbers = new Numbers();
  /** In their order. */
  #blocks: Block[] = [];
  /** By their numbers. */
  #numbered: (Block | undefined)[] = [];
  /** By item the number of its block. */
  readonly #blockOf = new Column();

  constructor(held: HeldKeys) {
    this.#held = held;
    this.#blocks.push(this.#open(""));
  }

  /** @param key of which there is none in the order */
  add(key: string, item: number): void {
    const at = this.#find(key);
    const block = this.#blocks[at];
    if (block === undefined) return;
    this.#blockOf.set(item, block.number);
    block.insert(this.#placeOf(block, key), item);
    if (block.count === MOST_IN_BLOCK) this.#split(block, at);
  }

  /** @param gone which is in the order; its key is not looked at */
  delete(gone: number): void {
    const block = this.#numbered[this.#blockOf.get(gone)];
    if (block === undefined) return;
    block.remove(gone);
    if (block.count < FEW_IN_BLOCK && this.#blocks.length > 1) this.#merge(this.#find(block.first));
  }

  /** Those whose keys are this one or come after it, in their order; to be left before anything comes or goes. */
  *from(key: string): Iterable<number> {
    const first = this.#find(key);
    for (let at = first; at < this.#blocks.length; at++) {
      const block = this.#blocks[at];
      if (block === undefined) return;
      for (let i = at === first ? this.#placeOf(block, key) : 0; i < block.count; i++) {
        const item = block.items[i];
        if (item !== undefined) yield item;
      }
    }
  }

  /**
   * The keys of a page, as `Inventory.keys` has them.
   * @param isThere whether what lies under it still does
   */
  page({ prefix, after, limit }: KeyRange, isThere: (item: number) => boolean): readonly CacheKey[] {
    const keys: CacheKey[] = [];
    for (const item of this.from(after === undefined || after < prefix ? prefix : next(after))) {
      const key = writtenKey(this.#held.keyOf(item));
      if (keys.length === limit || !key.startsWith(prefix)) break;
      if (isThere(item)) keys.push(key);
    }
    return keys;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#numbers.clear();
    this.#numbered = [];
    this.#blockOf.clear();
    this.#blocks = [this.#open("")];
  }

  #open(first: string): Block {
    const block = new Block(this.#numbers.take(), first);
    this.#numbered[block.number] = block;
    return block;
  }

  /** The place of the last block that begins with this key or before it. */
  #find(key: string): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#blocks[middle]?.first ?? "") <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The place of the first item in a block whose key is this one or comes after it. */
  #placeOf({ items, count }: Block, key: string): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#held.compareKey(items[middle] ?? 0, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #split(block: Block, at: number): void {
    const half = MOST_IN_BLOCK / 2;
    const next = this.#open(this.#held.keyOf(block.items[half] ?? 0));
    this.#move(block, half, next);
    this.#blocks.splice(at + 1, 0, next);
  }

  /** A block that holds little goes into its neighbour, or its neighbour into it. */
  #merge(at: number): void {
    const left = at === 0 ? 0 : at - 1;
    const into = this.#blocks[left];
    const from = this.#blocks[left + 1];
    if (into === undefined || from === undefined) return;
    if (into.count + from.count > MOST_IN_BLOCK / 2) return;
    this.#move(from, 0, into);
    this.#blocks.splice(left + 1, 1);
    this.#numbered[from.number] = undefined;
    this.#numbers.giveBack(from.number);
  }

  /** Moves what lies in a block from a place on to the end of another. */
  #move(from: Block, start: number, into: Block): void {
    for (const item of from.items.subarray(start, from.count)) {
      this.#blockOf.set(item, into.number);
      into.items[into.count++] = item;
    }
    from.count = start;
  }
}

/** The first key that comes after one. */
export function next(key: string): string {
  return `${key}\0`;
}
