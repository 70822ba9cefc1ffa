/** Bytes are kept in blocks of this size; of the last one half is lost on average. */
const BLOCK = 128;
const BLOCKS = 2048;
const SLAB = BLOCK * BLOCKS;
const LINE_FEED = 10;

/** A run of memory with the links between its blocks: to the next of what lies there, or to the next that is free. */
class Slab {
  readonly bytes = Buffer.allocUnsafeSlow(SLAB);
  readonly next = new Int32Array(BLOCKS);
  firstFree: number;
  free = BLOCKS;

  /** @param number its place among the slabs; blocks are numbered through all of them */
  constructor(number: number) {
    this.firstFree = number * BLOCKS;
    for (let block = 0; block < BLOCKS; block++) this.next[block] = this.firstFree + block + 1;
  }
}

/**
 * Keeps runs of bytes in chains of blocks. The collector sees a few large pieces instead of one for each run, nothing is rounded up but to
 * a block, and there are no gaps: any free block will do. A slab with nothing in it is given back.
 */
export class Arena {
  #slabs: (Slab | undefined)[] = [];
  /** Numbers of the slabs with free blocks; the last one is filled first. */
  #open: number[] = [];
  /** Numbers of slabs that were given back. */
  #gaps: number[] = [];

  /** What it holds, whether something lies there or not. */
  get bytes(): number {
    return (this.#slabs.length - this.#gaps.length) * SLAB;
  }

  /**
   * @param length how many bytes of `from` it keeps, at least one
   * @returns where they lie; how many they are is for the caller to remember
   */
  write(from: Buffer, length: number): number {
    const first = this.#take();
    let at = first;
    for (let start = 0; ; ) {
      const slab = this.#slabOf(at);
      let last = at;
      let end = start + BLOCK;
      // Blocks that lie side by side, as they do in a new slab, are filled at once.
      let next = at;
      while (end < length) {
        next = this.#take();
        slab.next[last % BLOCKS] = next;
        if (!isBeside(last, next)) break;
        last = next;
        end += BLOCK;
      }
      from.copy(slab.bytes, (at % BLOCKS) * BLOCK, start, Math.min(end, length));
      if (end >= length) return first;
      start = end;
      at = next;
    }
  }

  /** Copies what lies at a place, from its beginning. */
  read(first: number, into: Buffer, length: number): void {
    let at = first;
    for (let start = 0; start < length; ) {
      const slab = this.#slabOf(at);
      let next = slab.next[at % BLOCKS] ?? 0;
      let end = start + BLOCK;
      for (let last = at; end < length && isBeside(last, next); end += BLOCK) {
        last = next;
        next = slab.next[last % BLOCKS] ?? 0;
      }
      const from = (at % BLOCKS) * BLOCK;
      slab.bytes.copy(into, start, from, from + Math.min(end, length) - start);
      start = end;
      at = next;
    }
  }

  /** Writes over a few bytes of what lies at a place, within its first block. */
  overwrite(first: number, offset: number, bytes: Uint8Array): void {
    this.#slabOf(first).bytes.set(bytes, (first % BLOCKS) * BLOCK + offset);
  }

  /**
   * Compares a line of Latin-1 that lies at a place with a text, by code units, without copying it.
   * @param offset where in the first block it begins; it ends with a line feed
   * @returns below 0 where it comes before the text, 0 where it is the text
   */
  compareLine(first: number, offset: number, text: string): number {
    let block = first % BLOCKS;
    let slab = this.#slabOf(first);
    let at = block * BLOCK + offset;
    let end = (block + 1) * BLOCK;
    for (let i = 0; ; i++, at++) {
      if (at === end) {
        const next = slab.next[block] ?? 0;
        slab = this.#slabOf(next);
        block = next % BLOCKS;
        at = block * BLOCK;
        end = at + BLOCK;
      }
      const byte = slab.bytes[at] ?? LINE_FEED;
      if (byte === LINE_FEED) return i === text.length ? 0 : -1;
      if (i === text.length) return 1;
      const difference = byte - text.charCodeAt(i);
      if (difference !== 0) return difference;
    }
  }

  /** Lets go of what lies at a place. What lay in one slab is free as it lay, so that blocks side by side are taken again side by side. */
  release(first: number, length: number): void {
    let at = first;
    for (let start = 0; start < length; ) {
      const number = Math.floor(at / BLOCKS);
      const slab = this.#slab(number);
      if (slab.free === 0) this.#open.push(number);
      let last = at;
      let next = at;
      do {
        last = next;
        next = slab.next[last % BLOCKS] ?? 0;
        start += BLOCK;
        slab.free++;
      } while (start < length && Math.floor(next / BLOCKS) === number);
      slab.next[last % BLOCKS] = slab.firstFree;
      slab.firstFree = at;
      at = next;
      if (slab.free === BLOCKS) this.#giveBack(number);
    }
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#slabs = [];
    this.#open = [];
    this.#gaps = [];
  }

  /** Where a free block lies. */
  #take(): number {
    const number = this.#open.at(-1) ?? this.#grow();
    const slab = this.#slab(number);
    const block = slab.firstFree;
    slab.firstFree = slab.next[block % BLOCKS] ?? 0;
    slab.free--;
    if (slab.free === 0) this.#open.pop();
    return block;
  }

  #grow(): number {
    const number = this.#gaps.pop() ?? this.#slabs.length;
    this.#slabs[number] = new Slab(number);
    this.#open.push(number);
    return number;
  }

  /** Gives an empty slab back, unless there is no other with room in it. */
  #giveBack(number: number): void {
    if (this.#open.length === 1) return;
    this.#open.splice(this.#open.indexOf(number), 1);
    this.#slabs[number] = undefined;
    this.#gaps.push(number);
  }

  #slabOf(block: number): Slab {
    return this.#slab(Math.floor(block / BLOCKS));
  }

  #slab(number: number): Slab {
    const slab = this.#slabs[number];
    if (slab === undefined) throw new Error(`Nothing lies in slab ${number}.`);
    return slab;
  }
}

/** Whether a block comes right after another in the same slab. */
function isBeside(block: number, next: number): boolean {
  return next === block + 1 && next % BLOCKS !== 0;
}
