/** How often keys were seen lately, by a count-min sketch of four rows; all counts are halved after a while, so that old fame fades. */
export class Sketch {
  readonly #counts: Uint8Array;
  readonly #mask: number;
  readonly #sample: number;
  #seen = 0;

  /** @param entries about how many a cache holds */
  constructor(entries: number) {
    const width = 2 ** Math.ceil(Math.log2(Math.max(entries * 2, 64)));
    this.#mask = width - 1;
    this.#counts = new Uint8Array(width * 4);
    this.#sample = entries * 10;
  }

  /** Its bytes, at four bits a count. */
  get bytes(): number {
    return this.#counts.length / 2;
  }

  add(key: number): void {
    for (let row = 0; row < 4; row++) {
      const at = this.#at(key, row);
      const count = this.#counts[at] ?? 0;
      if (count < 15) this.#counts[at] = count + 1;
    }
    if (++this.#seen >= this.#sample) this.#halve();
  }

  count(key: number): number {
    let least = 15;
    for (let row = 0; row < 4; row++) least = Math.min(least, this.#counts[this.#at(key, row)] ?? 0);
    return least;
  }

  #at(key: number, row: number): number {
    let hash = Math.imul(key ^ (0x9e3779b9 * (row + 1)), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return row * (this.#mask + 1) + ((hash ^ (hash >>> 16)) & this.#mask);
  }

  #halve(): void {
    for (let at = 0; at < this.#counts.length; at++) this.#counts[at] = (this.#counts[at] ?? 0) >> 1;
    this.#seen >>= 1;
  }
}
