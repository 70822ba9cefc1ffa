import type { RuleFigures } from "../http/rule-figures.ts";
import { json, type Operation, type Outcome } from "./admin.ts";

/** The rules in force with what was counted of them; undefined where the proxy was started without any. */
export type RuleSource = () => Promise<RuleFigures | undefined>;

/** `GET …/rules`: the rules in force, how often each was about a request, and which never was. */
export function rulesOperation(source: RuleSource): Operation {
  return async ({ url: { searchParams } }) => {
    const [unknown] = searchParams.keys();
    if (unknown !== undefined) return bad(`There is no parameter ${unknown}, nor any other.`);
    const { since, rules } = (await source()) ?? { since: null, rules: [] };
    const neverMatched = rules.filter(({ matches }) => matches === 0).map(({ rule }) => rule);
    return json({ since, rules, neverMatched });
  };
}

function bad(detail: string): Outcome {
  return { type: "problem", problem: { status: 400, title: "Bad question for the rules", detail } };
}
