import { distance } from "fastest-levenshtein";

/** The known word that was most likely meant: the shortest that begins with what was typed, or else one few letters away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const longer = known.filter((candidate) => typed.length > 1 && candidate.startsWith(typed));
  const [shortest] = longer.sort((a, b) => a.length - b.length);
  if (shortest !== undefined) return shortest;
  const closest = known
    .map((candidate) => ({ candidate, away: distance(typed, candidate) }))
    .reduce((best, next) => (next.away < best.away ? next : best), { candidate: "", away: Number.POSITIVE_INFINITY });
  // Beyond half of its letters a word has nothing in common with what was typed.
  return closest.away <= Math.max(1, Math.floor(typed.length / 2)) ? closest.candidate : undefined;
}
