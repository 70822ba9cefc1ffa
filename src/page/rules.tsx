import type { AdminApi } from "./admin-api.ts";
import type { Stats } from "./stats.ts";
import { type CountedRule, useRules } from "./use-rules.ts";
import { clockTime, shortCount } from "./wording.ts";

/** The rules in force with how often they counted; nothing where there are none. */
export function Rules({ api, stats }: { readonly api: AdminApi; readonly stats: Stats }) {
  const { since, rules } = useRules(api, stats) ?? { since: null, rules: [] };
  if (since === null || rules.length === 0) return null;
  return (
    <section class="card table-card" aria-labelledby="rules-title">
      <h2 id="rules-title">
        Rules <span class="quiet">counted since {clockTime(since)}</span>
      </h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">About</th>
            <th scope="col" class="number">
              Requests
            </th>
            <th scope="col">Took effect</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <Row key={rule.rule} rule={rule} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ rule: { rule, match, scenario, matches, effects } }: { readonly rule: CountedRule }) {
  return (
    <tr>
      <th scope="row">{rule}</th>
      <td class="rule-match">
        <code>{match}</code>
        {scenario !== undefined && <span class="quiet"> in scenario {scenario}</span>}
      </td>
      <td class="number">{matches === 0 ? <span class="quiet">never</span> : shortCount(matches)}</td>
      <td>
        {Object.entries(effects)
          .map(([property, times]) => (times === matches ? property : `${property} (${shortCount(times)})`))
          .join(", ")}
      </td>
    </tr>
  );
}
