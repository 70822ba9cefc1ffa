/** How many URLs are remembered at least with what was read of them. */
export const REMEMBERED_URLS = 4096;

/**
 * Remembers what a function made of the last things that it was given, where the same ones come again and again: so many at least, and twice as
 * many at most. What has not been asked for since so many others came is forgotten with all others of its time, which costs less than to know the oldest.
 * @param most how many it remembers at least
 * @param make always makes the same of the same
 */
export function remembered<K, V extends object | string>(most: number, make: (of: K) => V): (of: K) => V {
  let young = new Map<K, V>();
  let old = new Map<K, V>();
  return (of) => {
    const found = young.get(of);
    if (found !== undefined) return found;
    const made = old.get(of) ?? make(of);
    if (young.size === most) {
      old = young;
      young = new Map();
    }
    young.set(of, made);
    return made;
  };
}

/**
 * The same for texts of a usual length; a longer one is read each time, since many of them would weigh too much.
 * @param longest in UTF-16 code units
 */
export function rememberedTexts<V extends object | string>(
  most: number,
  make: (of: string) => V,
  longest = USUAL_LENGTH,
): (of: string) => V {
  const known = remembered(most, make);
  return (text) => (text.length <= longest ? known(text) : make(text));
}

const USUAL_LENGTH = 256;

/**
 * What was read of texts that come again and again. Of one that comes for the first time only a trace is kept, since most of what a crawler asks
 * for never comes again, and what is kept for some thousand requests is what the collector has most work with.
 */
export class Recurring<V> {
  readonly #most: number;
  readonly #traces: Uint32Array;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param most how many it keeps at least, and half of how many it keeps at most; a power of two */
  constructor(most: number) {
    this.#most = most;
    this.#traces = new Uint32Array(TRACES_EACH * most);
  }

  /** What was read of a text, where that is kept. */
  find(text: string): V | undefined {
    const found = this.#young.get(text);
    if (found !== undefined) return found;
    const again = this.#old.get(text);
    if (again !== undefined) this.#keep(text, again);
    return again;
  }

  /** Keeps what was read of a text that it did not find, where that has come before. */
  met(text: string, read: V): void {
    const trace = Bun.hash.xxHash32(text);
    const at = trace & (this.#traces.length - 1);
    if (this.#traces[at] === trace) this.#keep(text, read);
    else this.#traces[at] = trace;
  }

  #keep(text: string, read: V): void {
    if (this.#young.size === this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, read);
  }
}

/** So that few traces are lost to others before their text comes again. */
const TRACES_EACH = 4;

/** Remembers what a function made of an object for as long as somebody else holds that. */
export function rememberedWith<K extends object, V extends object | string>(make: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, V>();
  return (of) => {
    const found = known.get(of);
    if (found !== undefined) return found;
    const made = make(of);
    known.set(of, made);
    return made;
  };
}
