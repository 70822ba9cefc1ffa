import { formatCount } from "./counts.ts";
import { countsAt, listAt, numberAt, textAt } from "./json-shape.ts";
import { aligned, shown } from "./rules-report.ts";

/** Lays the answer of the rules endpoint out for a person, one line a rule. What is lacking in it is left out. */
export function renderCounts(answer: unknown): string {
  const rules = listAt(answer, "rules");
  if (rules.length === 0) return "the proxy was started without rules\n";
  const rows = rules.map((rule) => [
    textAt(rule, "rule") ?? "",
    shown(textAt(rule, "match") ?? "*"),
    countOf(rule),
    effectsOf(rule),
  ]);
  const since = numberAt(answer, "since");
  const never = listAt(answer, "neverMatched").length;
  return [
    since === undefined ? "" : `counted since ${new Date(since).toLocaleString("sv-SE")}\n`,
    aligned(rows),
    never === 0 ? "" : `${never === 1 ? "1 rule was" : `${formatCount(never)} rules were`} about no request yet\n`,
  ].join("");
}

function countOf(rule: unknown): string {
  const matches = numberAt(rule, "matches") ?? 0;
  return matches === 0 ? "never" : `${formatCount(matches)} ${matches === 1 ? "request" : "requests"}`;
}

/** The properties with how often each took effect, where that is less often than the rule was about requests. */
function effectsOf(rule: unknown): string {
  const matches = numberAt(rule, "matches") ?? 0;
  const scenario = textAt(rule, "scenario");
  const effects = countsAt(rule, "effects").map(([name, count]) =>
    count === matches ? name : `${name} (${count === 0 ? "never" : formatCount(count)})`,
  );
  return [...(scenario === undefined ? [] : [`scenario ${scenario}`]), ...effects].join(", ");
}
