import type { ShownExchange } from "../observe/shown-exchange.ts";
import { type Meaning, meaningOf, wordsOf } from "./reasons.ts";
import { shortSpan } from "./wording.ts";

/** What happened in an exchange, in sentences; `remedies` are what may be done about it. */
export type Story = { readonly sentences: readonly string[]; readonly remedies: readonly string[] };

/** Tells an exchange to a person. */
export function storyOf(exchange: ShownExchange): Story {
  const meanings = wordsOf(exchange.why).map((word) => meaningOf(word) ?? unknownWord(word, exchange));
  const saysWhetherStored = meanings.some(({ means }) => means.startsWith("Not stored"));
  const remedies = meanings.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy]));
  return {
    sentences: [
      ...openingOf(exchange),
      ...meanings.map(({ means }) => means),
      ...(saysWhetherStored ? [] : endingOf(exchange)),
    ],
    // Why the last one was not stored explains that nothing is found, and comes last in the decision.
    remedies: remedies.slice(-1),
  };
}

function unknownWord(word: string, { fwd }: ShownExchange): Meaning {
  // What is stored for other values of a field is told by its name.
  if (fwd === "vary-miss") return { means: `They differ in the field “${word}”.` };
  return { means: `The proxy calls the reason “${word}”.` };
}

function openingOf({ outcome, tier, ttl, collapsed }: ShownExchange): readonly string[] {
  const from = tier === undefined ? "the cache" : `the cache (${tier})`;
  switch (outcome) {
    case "hit":
      return collapsed
        ? ["Answered by what another request brought."]
        : [`Answered from ${from}; the origin was not asked.`];
    case "stale":
      return [`Answered from ${from} although stale${ttl === undefined ? "" : ` for ${shortSpan(Math.abs(ttl))}`}.`];
    case "revalidated":
      return ["The origin confirmed that what is stored still holds (304), and that answered."];
    case "miss":
      return ["The origin was asked, and answered."];
    case "bypass":
      return ["Passed on to the origin, past the cache."];
    case "error":
      return ["The origin gave no answer that could be passed on."];
  }
}

function endingOf({ outcome, stored, ttl }: ShownExchange): readonly string[] {
  if (stored === true)
    return [ttl === undefined ? "What came is stored." : `What came is stored, fresh for ${left(ttl)}.`];
  if (outcome === "miss" && stored === false) return ["Nothing of what came is stored."];
  if (outcome === "hit" && ttl !== undefined) return [`It stays fresh for another ${left(ttl)}.`];
  return [];
}

function left(ttl: number): string {
  return shortSpan(Math.max(0, ttl));
}
