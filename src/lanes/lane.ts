import type { ExchangeRecord } from "../observe/record.ts";
import type { Rule } from "../rules/rule.ts";
import { Exchanges } from "./exchanges.ts";
import { DEFAULT_LANE } from "./name.ts";
import { type LaneCounts, Tally } from "./tally.ts";

/** Rules put in force for a lane while the proxy runs, checked and as they were written. */
export type LaneRules = { readonly checked: readonly Rule[]; readonly written: readonly unknown[] };

/** What a lane begins with. */
export type Beginning = {
  readonly scenario: string | undefined;
  /** Makes the lane's own chance: numbers from 0 to 1, without 1. */
  readonly chance: () => () => number;
};

/** No rules: the same list each time, so that what is made of it is made once. */
const NONE: LaneRules = { checked: [], written: [] };

/** What one of several tests that run beside each other has for itself, over what all share. */
export class Lane {
  readonly name: string;
  readonly #beginning: Beginning;
  #scenario: string | undefined;
  #rules: LaneRules = NONE;
  #random: () => number;
  #sequences = new Map<string, number>();
  #tally = new Tally();
  readonly exchanges = new Exchanges();

  constructor(name: string, beginning: Beginning) {
    this.name = name;
    this.#beginning = beginning;
    this.#scenario = beginning.scenario;
    this.#random = beginning.chance();
  }

  /** The scenario that is switched on; undefined where none is. */
  get scenario(): string | undefined {
    return this.#scenario;
  }

  /** The lane's own, in front of those of the config; the same list until others are put. */
  get rules(): readonly Rule[] {
    return this.#rules.checked;
  }

  /** The same as somebody wrote them; empty where a program put them. */
  get writtenRules(): readonly unknown[] {
    return this.#rules.written;
  }

  /** The next number of the lane's own chance. */
  readonly random = (): number => this.#random();

  /** The next number of a template's sequence, from 1 on. */
  readonly sequence = (name: string): number => {
    const next = (this.#sequences.get(name) ?? 0) + 1;
    this.#sequences.set(name, next);
    return next;
  };

  switchTo(scenario: string | undefined): void {
    this.#scenario = scenario;
  }

  put(rules: readonly Rule[], written: readonly unknown[]): void {
    this.#rules = rules.length === 0 ? NONE : { checked: rules.map((rule) => this.#own(rule)), written };
  }

  /** Notes an exchange that passed in it. */
  note(record: ExchangeRecord): void {
    this.#tally.count(record);
    this.exchanges.push(record);
  }

  counts(): LaneCounts {
    return this.#tally.counts();
  }

  /** Makes it what it was when it began. */
  reset(): void {
    this.#tally = new Tally();
    this.exchanges.clear();
    this.#scenario = this.#beginning.scenario;
    this.#rules = NONE;
    this.#random = this.#beginning.chance();
    this.#sequences = new Map();
  }

  #own(rule: Rule): Rule {
    if (rule.lane !== undefined) return rule;
    const where = this.name === DEFAULT_LANE ? "the default lane" : `lane ${this.name}`;
    return { ...rule, place: `${rule.place} of ${where}`, lane: this.name };
  }
}
