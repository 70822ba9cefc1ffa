import type { Instant } from "../http/date.ts";
import { rememberedWith } from "../http/remembered.ts";
import type { RuleFigure, RuleFigures } from "../http/rule-figures.ts";
import type { Matched, Property } from "./matched.ts";
import type { Rule } from "./rule.ts";
import { propertiesOf, shownProperties } from "./shown.ts";

/** Of these it is seen only later whether they do anything: by lot, by the method, or by what the origin answers. */
const SEEN_LATER: ReadonlySet<string> = new Set<Property>([
  ...(["fault", "key.body", "ttl", "staleWhileRevalidate", "staleIfError"] as const),
]);

type Count = { count: number };
type Counter = { readonly matches: Count; readonly effects: ReadonlyMap<string, Count> };

/**
 * Counts how often each of the rules in force was about a request, and how often each of its properties took effect: where it was the
 * first to have that, and a fault struck, a content was read, or an answer of the origin was given the lifetime.
 */
export class RuleCounts {
  readonly #clock: () => Instant;
  #rules: readonly Rule[] = [];
  #version = "";
  #since: Instant = 0;
  #counters: ReadonlyMap<Rule, Counter> = new Map();
  /** All that goes up where the same rules meet: what a request pays is that many additions. */
  #countsOf: (matched: Matched) => readonly Count[] = () => [];

  constructor(rules: readonly Rule[], clock: () => Instant) {
    this.#clock = clock;
    this.begin(rules);
  }

  /** Counts for others from now on; who is still on his way by those of before is counted nowhere. */
  begin(rules: readonly Rule[]): void {
    this.#rules = rules;
    this.#since = this.#clock();
    const said = rules.map(({ place, match, scenario, values }) => [place, match.text, scenario, values]);
    this.#version = Bun.hash(JSON.stringify(said)).toString(36);
    this.#counters = new Map(rules.map((rule) => [rule, counterOf(rule)]));
    this.#countsOf = rememberedWith((matched: Matched) => this.#met(matched));
  }

  /** A request came that those are about. */
  met(matched: Matched): void {
    for (const each of this.#countsOf(matched)) each.count++;
  }

  /** One of the properties that are seen later has taken effect. */
  took(matched: Matched, property: Property): void {
    const effect = this.#first(matched, property)?.effects.get(property);
    if (effect !== undefined) effect.count++;
  }

  /** A request came of which rules are asked for that property alone. */
  askedFor(matched: Matched, property: Property): void {
    const counter = this.#first(matched, property);
    if (counter === undefined) return;
    counter.matches.count++;
    this.took(matched, property);
  }

  figures(): RuleFigures {
    return { version: this.#version, since: this.#since, rules: this.#rules.map((rule) => this.#figure(rule)) };
  }

  #figure(rule: Rule): RuleFigure {
    const { matches, effects } = this.#counters.get(rule) ?? counterOf(rule);
    return {
      rule: rule.place,
      match: rule.match.text,
      ...(rule.scenario === undefined ? {} : { scenario: rule.scenario }),
      properties: propertiesOf(rule),
      matches: matches.count,
      effects: Object.fromEntries([...effects].map(([name, { count }]) => [name, count])),
    };
  }

  #met({ rules }: Matched): readonly Count[] {
    const byPlace = new Map(rules.map((rule) => [rule.place, this.#counters.get(rule)]));
    const decides = rules.find(({ values }) => values.cache === false || values.ttl !== undefined);
    const effective = shownProperties(rules).filter(({ property, place }) => {
      return !SEEN_LATER.has(property) && (property !== "cache" || place === decides?.place);
    });
    return [
      ...[...byPlace.values()].flatMap((counter) => counter?.matches ?? []),
      ...effective.flatMap(({ property, place }) => byPlace.get(place)?.effects.get(property) ?? []),
    ];
  }

  #first({ rules }: Matched, property: Property): Counter | undefined {
    const first = rules.find(({ values }) => values[property] !== undefined);
    return first && this.#counters.get(first);
  }
}

function counterOf(rule: Rule): Counter {
  return { matches: { count: 0 }, effects: new Map(propertiesOf(rule).map((property) => [property, { count: 0 }])) };
}
