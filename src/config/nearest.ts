import { distance } from "fastest-levenshtein";

/** The known word that was most likely meant: one that begins with what was typed, or else few letters away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const longer = known.find((candidate) => typed.length > 1 && candidate.startsWith(typed));
  if (longer !== undefined) return longer;
  const closest = known
    .map((candidate) => ({ candidate, away: distance(typed, candidate) }))
    .reduce((best, next) => (next.away < best.away ? next : best), { candidate: "", away: Number.POSITIVE_INFINITY });
  // Beyond half of its letters a word has nothing in common with what was typed.
  return closest.away <= Math.max(1, Math.floor(typed.length / 2)) ? closest.candidate : undefined;
}
