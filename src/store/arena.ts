/** Bytes are kept in blocks of this size; of the last one half is lost on average. */
const BLOCK = 128;
const BLOCKS = 2048;
const SLAB = BLOCK * BLOCKS;

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
