import type { Ignorable } from "./explain-misses.ts";
import type { Verdict } from "./ruling.ts";

/** A stored key of the same path, as far as a suggestion goes by it. */
export type Near = {
  readonly key: string;
  readonly differs: readonly { readonly name: string; readonly stored: string | null }[];
  readonly verdict: Pick<Verdict, "type">;
};

/** Whether what is stored is the same whatever a parameter says. */
type Content = { readonly name: string; readonly content: "same" | "differs" };

/** So many parameters may be there by somebody's slip; more are another URL. */
const MOST_NAMES = 3;

/** What nearly was a hit, in a sentence without a full stop; undefined where nothing was. */
export function nearlyHit(nearest: readonly Near[]): string | undefined {
  const near = nearest.find(
    ({ verdict, differs }) =>
      (verdict.type === "fresh" || verdict.type === "stale") && differs.length > 0 && differs.length <= MOST_NAMES,
  );
  if (near === undefined) return undefined;
  const names = listed(near.differs.map(({ name }) => name));
  const parameters = near.differs.length === 1 ? "parameter" : "parameters";
  const condition = near.differs.every(({ stored }) => stored === null)
    ? `without the ${parameters} ${names}`
    : near.differs.length === 1
      ? `if ${names} made no difference`
      : `if ${names} made none`;
  return `would have been a hit ${condition}: the nearest stored key, ${near.key}, differs in ${names} only`;
}

/** What to ignore, what it would have done, and whether it is known to be right. */
export function worthIgnoring({ names, turned, of }: Ignorable, contents: readonly Content[]): string {
  const gain = `\`--ignore-query ${names.join(",")}\` would have turned ${turned} of the last ${of} misses into hits`;
  const says = names.length === 1 ? "it says" : "they say";
  return names.every((name) => contents.some((one) => one.name === name && one.content === "same"))
    ? `${gain}; what is stored is the same whatever ${says}`
    : `${gain}, if the origin answers the same whatever ${says}`;
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}
