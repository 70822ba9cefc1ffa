import { type CacheKey, writtenKey } from "../../caching/key.ts";
import type { KeyRange } from "../inventory.ts";

/** Something with a place in the order of keys; `block` is for the order alone to set, undefined at first. */
export interface Ordered<T> {
  block: Block<T> | undefined;
  /** Below 0 where its own key comes before this one, 0 where it is this one; by UTF-16 code units. */
  readonly compareKey: (key: string) => number;
  readonly key: string;
}

/** A run of the order: no key of it comes before `first`, which need not be there. */
class Block<T> {
  first: string;
  count = 0;
  /** Always as long as it may become, and moved by hand: `splice` leaves so much behind that a key weighs 100 bytes. */
  readonly items = new Array<T | undefined>(MOST_IN_BLOCK).fill(undefined);

  constructor(first: string) {
    this.first = first;
  }

  insert(place: number, item: T): void {
    for (let i = this.count++; i > place; i--) this.items[i] = this.items[i - 1];
    this.items[place] = item;
  }

  remove(item: T): void {
    this.count--;
    for (let i = this.items.indexOf(item); i < this.count; i++) this.items[i] = this.items[i + 1];
    this.items[this.count] = undefined;
  }
}

/** A block that is full is cut in two; one that shrinks below a quarter goes into its neighbour where there is room. */
const MOST_IN_BLOCK = 256;
const FEW_IN_BLOCK = MOST_IN_BLOCK / 4;

/**
 * Things in the order of keys that they hold themselves, in blocks, of which only the first key of each is an object of its own. What
 * comes and goes moves the links of one block.
 */
export class KeyOrder<T extends Ordered<T>> {
  #blocks: Block<T>[] = [new Block("")];

  /** @param key of which there is none in the order */
  add(key: string, item: T): void {
    const at = this.#blockOf(key);
    const block = this.#blocks[at];
    if (block === undefined) return;
    item.block = block;
    block.insert(placeOf(block, key), item);
    if (block.count === MOST_IN_BLOCK) this.#split(block, at);
  }

  /** @param gone which is in the order; its key is not looked at */
  delete(gone: T): void {
    const { block } = gone;
    if (block === undefined) return;
    gone.block = undefined;
    block.remove(gone);
    if (block.count < FEW_IN_BLOCK && this.#blocks.length > 1) this.#merge(this.#blockOf(block.first));
  }

  /** Those whose keys are this one or come after it, in their order; to be left before anything comes or goes. */
  *from(key: string): Iterable<T> {
    const first = this.#blockOf(key);
    for (let at = first; at < this.#blocks.length; at++) {
      const block = this.#blocks[at];
      if (block === undefined) return;
      for (let i = at === first ? placeOf(block, key) : 0; i < block.count; i++) {
        const item = block.items[i];
        if (item !== undefined) yield item;
      }
    }
  }

  /**
   * The keys of a page, as `Inventory.keys` has them.
   * @param isThere whether what lies under it still does
   */
  page({ prefix, after, limit }: KeyRange, isThere: (item: T) => boolean): readonly CacheKey[] {
    const keys: CacheKey[] = [];
    for (const item of this.from(after === undefined || after < prefix ? prefix : next(after))) {
      const key = writtenKey(item.key);
      if (keys.length === limit || !key.startsWith(prefix)) break;
      if (isThere(item)) keys.push(key);
    }
    return keys;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#blocks = [new Block("")];
  }

  /** The number of the last block that begins with this key or before it. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#blocks[middle]?.first ?? "") <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #split(block: Block<T>, at: number): void {
    const half = MOST_IN_BLOCK / 2;
    const next = new Block<T>(block.items[half]?.key ?? "");
    move(block, half, next);
    this.#blocks.splice(at + 1, 0, next);
  }

  /** A block that holds little goes into its neighbour, or its neighbour into it. */
  #merge(at: number): void {
    const left = at === 0 ? 0 : at - 1;
    const into = this.#blocks[left];
    const from = this.#blocks[left + 1];
    if (into === undefined || from === undefined) return;
    if (into.count + from.count > MOST_IN_BLOCK / 2) return;
    move(from, 0, into);
    this.#blocks.splice(left + 1, 1);
  }
}

/** Moves what lies in a block from a place on to the end of another. */
function move<T extends Ordered<T>>(from: Block<T>, start: number, into: Block<T>): void {
  for (let i = start; i < from.count; i++) {
    const item = from.items[i];
    if (item === undefined) continue;
    item.block = into;
    into.items[into.count++] = item;
    from.items[i] = undefined;
  }
  from.count = start;
}

/** The first key that comes after one. */
export function next(key: string): string {
  return `${key}\0`;
}

/** The place of the first item in a block whose key is this one or comes after it. */
function placeOf<T extends Ordered<T>>({ items, count }: Block<T>, key: string): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.compareKey(key) ?? 0) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
