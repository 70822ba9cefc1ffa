/** A text in which `*` stands for anything, also nothing. */
export type Glob = (text: string) => boolean;

/** Matches in one pass: what stands between two stars is taken where it comes first, which never takes room from what follows. */
export function glob(pattern: string): Glob {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}
