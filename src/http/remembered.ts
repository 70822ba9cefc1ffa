import { TwoAges } from "./two-ages.ts";

/** How many URLs are remembered at least with what was read of them. */
export const REMEMBERED_URLS = 4096;

/**
 * Remembers what a function made of the last things that it was given, where the same ones come again and again: so many at least, and twice as
 * many at most.
 * @param most how many it remembers at least
 * @param make always makes the same of the same
 */
export function remembered<K, V extends object | string>(most: number, make: (of: K) => V): (of: K) => V {
  const last = new TwoAges<K, V>(most);
  return (of) => {
    const found = last.find(of);
    if (found !== undefined) return found;
    const made = make(of);
    last.keep(of, made);
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
