import { isCredential } from "../caching/personal.ts";
import { remembered, rememberedWith } from "../http/remembered.ts";
import type { Asked } from "./match.ts";
import { Matched } from "./matched.ts";
import { isForSome, type Rule } from "./rule.ts";

/** So many ways in which rules meet are remembered: there are few, unless somebody tries out fields. */
const KNOWN_MEETINGS = 256;

/** Rules in their order, of which for each property the first counts that is about a request and has it. */
export class RuleSet {
  readonly rules: readonly Rule[];
  readonly #ofUrl: (url: URL) => readonly number[];
  readonly #meeting: (indexes: string) => Matched;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    const credentials = rules.some(setsForSome) ? "clients" : "ours";
    // The front gives the same object for the same URL.
    this.#ofUrl = rememberedWith((url: URL) => [...rules.keys()].filter((i) => rules[i]?.match.path(url)));
    this.#meeting = remembered(KNOWN_MEETINGS, (indexes: string) => {
      const met = indexes === "" ? [] : indexes.split(",").map(Number);
      return new Matched(
        met.flatMap((i) => rules[i] ?? []),
        credentials,
      );
    });
  }

  /** What the rules say of a request: the same object where the same rules meet. */
  for(asked: Asked): Matched {
    const met = this.#ofUrl(asked.url).filter((i) => {
      const rule = this.rules[i];
      return rule !== undefined && isInForce(rule, asked) && rule.match.rest(asked);
    });
    return this.#meeting(met.join());
  }

  /** The rules that may be about requests of a URL, whatever else these say. */
  about(url: URL): readonly Rule[] {
    return this.#ofUrl(url).flatMap((i) => this.rules[i] ?? []);
  }
}

/** Whether a rule sets a credential for some of those who ask for a URL and not for others. */
function setsForSome(rule: Rule): boolean {
  if (!isForSome(rule)) return false;
  const changes = Object.entries(rule.values["request.headers"] ?? {});
  return changes.some(([name, value]) => value !== null && isCredential(name));
}

function isInForce({ scenario }: Rule, asked: Asked): boolean {
  return scenario === undefined || scenario === asked.scenario;
}
