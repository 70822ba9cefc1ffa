import type { Incoming } from "../http/exchange.ts";
import { rememberedWith } from "../http/remembered.ts";
import type { Matched } from "./matched.ts";
import type { Rule } from "./rule.ts";
import { RuleSet } from "./rule-set.ts";

/** Which scenario is switched on for a request; undefined where none is. */
export type ScenarioOf = (incoming: Incoming) => string | undefined;

/** The rules that only some requests have, in front of all others: the same list for the same rules. */
export type OwnRulesOf = (incoming: Incoming) => readonly Rule[];

/** The rules that count now. Who has asked before others came is answered by those of his time. */
export class RulesInForce {
  #set: RuleSet;
  /** The same with rules in front that only some requests have. */
  #setBehind: (own: readonly Rule[]) => RuleSet;
  readonly #scenarioOf: ScenarioOf;
  readonly #ownOf: OwnRulesOf;
  /** A request that is on its way is known by the one thing that no layer replaces. */
  readonly #matched = new WeakMap<Request, Matched>();

  constructor(rules: readonly Rule[], scenarioOf: ScenarioOf = () => undefined, ownOf: OwnRulesOf = () => NO_RULES) {
    this.#set = new RuleSet(rules);
    this.#setBehind = behind(this.#set);
    this.#scenarioOf = scenarioOf;
    this.#ownOf = ownOf;
  }

  get rules(): readonly Rule[] {
    return this.#set.rules;
  }

  replace(rules: readonly Rule[]): void {
    this.#set = new RuleSet(rules);
    this.#setBehind = behind(this.#set);
  }

  /** What the rules say of a request, as it was when it was first asked about. */
  of(incoming: Incoming): Matched {
    const known = this.#matched.get(incoming.request);
    if (known !== undefined) return known;
    const matched = this.byMethod(incoming, incoming.request.method);
    this.#matched.set(incoming.request, matched);
    return matched;
  }

  /** What they would say of it by another method. */
  byMethod(incoming: Incoming, method: string): Matched {
    const { url, headers } = incoming;
    const scenario = this.#scenarioOf(incoming);
    const own = this.#ownOf(incoming);
    const set = own.length === 0 ? this.#set : this.#setBehind(own);
    return set.for({ method, url, headers, ...(scenario === undefined ? {} : { scenario }) });
  }
}

const NO_RULES: readonly Rule[] = [];

function behind({ rules }: RuleSet): (own: readonly Rule[]) => RuleSet {
  return rememberedWith((own: readonly Rule[]) => new RuleSet([...own, ...rules]));
}
