/** A line with what hangs on it. */
export type Branch = { readonly text: string; readonly branches?: readonly Branch[] };

/** Draws branches below each other, each with a line to the one above. */
export function drawTree(branches: readonly Branch[], before = ""): readonly string[] {
  return branches.flatMap(({ text, branches: below = [] }, i) => {
    const isLast = i === branches.length - 1;
    return [`${before}${isLast ? "└─" : "├─"} ${text}`, ...drawTree(below, `${before}${isLast ? "   " : "│  "}`)];
  });
}
