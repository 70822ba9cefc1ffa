import type { Instant } from "./date.ts";

/** What a rule says, and how often it came to that. */
export type RuleFigure = {
  /** Where a person finds it: `rules[2]`. */
  readonly rule: string;
  /** Which requests it is about, as a person would write it. */
  readonly match: string;
  readonly scenario?: string;
  /** What it says, by the names that a person writes. */
  readonly properties: readonly string[];
  /** Requests that it was about. */
  readonly matches: number;
  /** How often each property took effect, by name; those that never did are 0. */
  readonly effects: Readonly<Record<string, number>>;
};

/** The rules that are in force, with their counts. */
export type RuleFigures = {
  /** Tells them from rules of another time. */
  readonly version: string;
  /** From when on was counted. */
  readonly since: Instant;
  readonly rules: readonly RuleFigure[];
};

/**
 * What several processes counted, as one: of those that have the same rules as whoever was given rules last. The others will have them
 * in a moment, or are gone and had others. Undefined where there are no rules.
 */
export function joinedRuleFigures(all: readonly (RuleFigures | undefined)[]): RuleFigures | undefined {
  const known = all.filter((figures) => figures !== undefined);
  const [first, ...others] = known.toSorted((a, b) => b.since - a.since);
  if (first === undefined) return undefined;
  return others.filter(({ version }) => version === first.version).reduce(added, first);
}

function added(a: RuleFigures, b: RuleFigures): RuleFigures {
  const rules = a.rules.map((rule, i) => {
    const { matches = 0, effects = {} } = b.rules[i] ?? {};
    const sums = Object.entries(rule.effects).map(([name, count]) => [name, count + (effects[name] ?? 0)] as const);
    return { ...rule, matches: rule.matches + matches, effects: Object.fromEntries(sums) };
  });
  return { ...a, since: Math.min(a.since, b.since), rules };
}
