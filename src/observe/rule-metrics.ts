import type { RuleFigure } from "../http/rule-figures.ts";
import { type Metric, ofEach } from "./metric.ts";

/** Of so many rules there is a series each; a file with more of them was made by a program. */
const MOST_RULES = 200;

/** How often each rule was about a request. Nothing where there are no rules. */
export function ofRules(rules: readonly RuleFigure[]): readonly Metric[] {
  return [
    ofEach(
      "counter",
      "caching_proxy_rule_matches_total",
      "Requests that a rule of the config was about, since the rules were last replaced.",
      rules.slice(0, MOST_RULES),
      ({ rule }) => ({ rule }),
      ({ matches }) => matches,
    ),
  ];
}
