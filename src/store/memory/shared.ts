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

/** What is made of one object is made once, as long as that is there. */
export class Derived<From extends object, T> {
  readonly #made = new WeakMap<From, T>();
  readonly #make: (from: From) => T;

  constructor(make: (from: From) => T) {
    this.#make = make;
  }

  of(from: From): T {
    const made = this.#made.get(from) ?? this.#make(from);
    this.#made.set(from, made);
    return made;
  }
}
