import { seeded } from "../../src/rules/random.ts";

/** Chance that can be had again: what a case draws goes by the run's seed and the case's number alone. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number, number: number) {
    // Neighbours would begin alike.
    this.#next = seeded(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35));
  }

  /** A whole number from 0 to `end`, without `end`. */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  /** True in so many of 1 cases. */
  chance(share: number): boolean {
    return this.#next() < share;
  }

  /** @throws RangeError where there is nothing to choose from */
  pick<T>(choices: readonly T[]): T {
    const picked = choices[this.below(choices.length)];
    if (picked === undefined) throw new RangeError("there is nothing to choose from");
    return picked;
  }

  /** One of several ways to make something; only that is made. */
  make<T>(ways: readonly (() => T)[]): T {
    return this.pick(ways)();
  }

  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  /** Some of a grammar's words, one behind the other. */
  words(words: readonly string[], most: number): string {
    return this.list(most, () => this.pick(words)).join("");
  }

  /** Bytes, one character each. */
  bytes(most: number): string {
    return String.fromCharCode(...this.list(most, () => this.below(256)));
  }

  /** A text of one character a byte with some of it changed: cut, doubled, moved, replaced. */
  mutated(text: string, words: readonly string[]): string {
    let changed = text;
    for (let times = 1 + this.below(3); times > 0; times--) {
      const at = this.below(changed.length + 1);
      const end = Math.min(changed.length, at + 1 + this.below(this.pick([2, 8, 64])));
      const [before, middle, after] = [changed.slice(0, at), changed.slice(at, end), changed.slice(end)];
      changed = this.make([
        () => before + after,
        () => before + middle + middle + after,
        () => before + this.pick(words) + middle + after,
        () => before + this.pick(words) + after,
        () => before + String.fromCharCode(this.below(256)) + middle.slice(1) + after,
        () => before + this.bytes(4) + middle + after,
        () => before + middle.repeat(this.pick([2, 16, 200])) + after,
        () => before,
      ]);
    }
    return changed;
  }

  /** A text in pieces, as it may arrive. */
  split(text: string, most: number): readonly string[] {
    const cuts = this.list(most - 1, () => this.below(text.length + 1)).sort((a, b) => a - b);
    return [...cuts, text.length].map((end, i) => text.slice(i === 0 ? 0 : cuts[i - 1], end));
  }
}
