/** How many URLs are remembered with what was read of them. */
export const REMEMBERED_URLS = 1000;

/**
 * Remembers what a function made of the last things that it was given, where the same ones come again and again.
 * @param most how many are remembered; when there are more, all are forgotten, which costs less than to know the oldest
 * @param make always makes the same of the same
 */
export function remembered<K, V extends object | string>(most: number, make: (of: K) => V): (of: K) => V {
  const known = new Map<K, V>();
  return (of) => {
    const found = known.get(of);
    if (found !== undefined) return found;
    const made = make(of);
    if (known.size === most) known.clear();
    known.set(of, made);
    return made;
  };
}

/** The same for texts of a usual length; a longer one is read each time, since many of them would weigh too much. */
export function rememberedTexts<V extends object | string>(most: number, make: (of: string) => V): (of: string) => V {
  const known = remembered(most, make);
  return (text) => (text.length <= USUAL_LENGTH ? known(text) : make(text));
}

const USUAL_LENGTH = 256;
