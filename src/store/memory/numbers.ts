import { Column } from "./column.ts";

/** The number that nothing has. */
export const NONE = 0;

/** Numbers what comes and goes, from 1 on. What goes leaves its number to what comes next. */
export class Numbers {
  /** After each number that was given back the one that was so before it. */
  readonly #free = new Column();
  #firstFree = NONE;
  #highest = NONE;

  take(): number {
    const free = this.#firstFree;
    if (free === NONE) return ++this.#highest;
    this.#firstFree = this.#free.get(free);
    return free;
  }

  /** @param number which was taken */
  giveBack(number: number): void {
    this.#free.set(number, this.#firstFree);
    this.#firstFree = number;
  }

  /** Takes all back, at once. */
  clear(): void {
    this.#free.clear();
    this.#firstFree = NONE;
    this.#highest = NONE;
  }
}
