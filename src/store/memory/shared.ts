/**
 * Gives one object for all values that are the same, so that many who hold it hold it once. It remembers so many and then begins anew:
 * values without end cost an object each, and no more.
 */
export class Shared<T> {
  readonly #known = new Map<string, T>();

  /** @param value of plain objects, lists and primitives, whose keys are always the same and in the same order; never changed again */
  of(value: T): T {
    const text = JSON.stringify(value);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (text.length > LONGEST) return value;
    if (this.#known.size === MOST) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}

const MOST = 4096;
const LONGEST = 1024;
