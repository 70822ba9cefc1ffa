/** Bytes are kept in blocks of this size; of the last one half is lost on average. */
const BLOCK = 128;
const BLOCKS = 2048;
const SLAB = BLOCK * BLOCKS;
const LINE_FEED = 10;

/** A run of memory with the links between its blocks: to the next of what lies there, or to the next that is free. */
class Slab {
  readonly bytes = Buffer.allocUnsafeSlow(SLAB);
  readonly next = new Int32Array(BLOCKS).map((_, block) => block + 1);
  firstFree = 0;
  free = BLOCKS;
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
      const slab = this.#slab(Math.floor(at / BLOCKS));
      const block = at % BLOCKS;
      const end = Math.min(start + BLOCK, length);
      from.copy(slab.bytes, block * BLOCK, start, end);
      if (end === length) return first;
      start = end;
      at = this.#take();
      slab.next[block] = at;
    }
  }

  /** Copies what lies at a place, from its beginning. */
  read(first: number, into: Buffer, length: number): void {
    let at = first;
    for (let start = 0; start < length; start += BLOCK) {
      const slab = this.#slab(Math.floor(at / BLOCKS));
      const from = (at % BLOCKS) * BLOCK;
      slab.bytes.copy(into, start, from, from + Math.min(BLOCK, length - start));
      at = slab.next[at % BLOCKS] ?? 0;
    }
  }

  /** Writes over a few bytes of what lies at a place, within its first block. */
  overwrite(first: number, offset: number, bytes: Uint8Array): void {
    this.#slab(Math.floor(first / BLOCKS)).bytes.set(bytes, (first % BLOCKS) * BLOCK + offset);
  }

  /**
   * Compares a line of Latin-1 that lies at a place with a text, by code units, without copying it.
   * @param offset where in the first block it begins; it ends with a line feed
   * @returns below 0 where it comes before the text, 0 where it is the text
   */
  compareLine(first: number, offset: number, text: string): number {
    let block = first % BLOCKS;
    let slab = this.#slab(Math.floor(first / BLOCKS));
    let at = block * BLOCK + offset;
    let end = (block + 1) * BLOCK;
    for (let i = 0; ; i++, at++) {
      if (at === end) {
        const next = slab.next[block] ?? 0;
        slab = this.#slab(Math.floor(next / BLOCKS));
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

  /** Lets go of what lies at a place. */
  release(first: number, length: number): void {
    let at = first;
    for (let start = 0; start < length; start += BLOCK) {
      const number = Math.floor(at / BLOCKS);
      const slab = this.#slab(number);
      const block = at % BLOCKS;
      at = slab.next[block] ?? 0;
      slab.next[block] = slab.firstFree;
      slab.firstFree = block;
      slab.free++;
      if (slab.free === 1) this.#open.push(number);
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
    slab.firstFree = slab.next[block] ?? 0;
    slab.free--;
    if (slab.free === 0) this.#open.pop();
    return number * BLOCKS + block;
  }

  #grow(): number {
    const number = this.#gaps.pop() ?? this.#slabs.length;
    this.#slabs[number] = new Slab();
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

  #slab(number: number): Slab {
    const slab = this.#slabs[number];
    if (slab === undefined) throw new Error(`Nothing lies in slab ${number}.`);
    return slab;
  }
}
