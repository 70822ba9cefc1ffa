import { useEffect, useState } from "preact/hooks";
import type { AdminApi } from "./admin-api.ts";
import { shortCount } from "./wording.ts";

/** A lane as the proxy tells of it; the default one has no name. */
type Lane = { readonly lane: string; readonly scenario: string | null; readonly requests: number };
type LanesAnswer = { readonly scenarios: readonly string[]; readonly lanes: readonly Lane[] };

/** A list of hundreds is nothing that anybody chooses from. */
const MOST_SHOWN = 50;

/** What the proxy said, or that it has no lanes. */
type Known = { readonly type: "lanes"; readonly answer: LanesAnswer } | { readonly type: "none" };

type LanesProps = {
  readonly api: AdminApi;
  /** Another one each time that there may be something new. */
  readonly moment: unknown;
};

/** The lanes with their scenarios, which can be switched here; nothing where there is nothing to switch. */
export function Lanes({ api, moment }: LanesProps) {
  const [known, setKnown] = useState<Known>();
  const [fault, setFault] = useState<string>();
  const [switched, setSwitched] = useState(0);
  const isNone = known?.type === "none";
  useEffect(() => {
    if (isNone) return;
    const leaving = new AbortController();
    void api.get<LanesAnswer>("lanes", leaving.signal).then((answer) => {
      if (leaving.signal.aborted) return;
      if (answer.type !== "ok") return;
      // Where lanes are there is at least the default one.
      setKnown(answer.value.lanes.length === 0 ? { type: "none" } : { type: "lanes", answer: answer.value });
    });
    return () => leaving.abort();
  }, [api, moment, switched, isNone]);
  if (known?.type !== "lanes" || known.answer.scenarios.length === 0) return null;
  const { scenarios, lanes } = known.answer;

  async function switchTo(lane: string, scenario: string | null): Promise<void> {
    const answer = await api.put("scenario", { lane, scenario });
    setFault(answer.type === "failed" ? answer.why : undefined);
    setSwitched((count) => count + 1);
  }

  return (
    <section class="card table-card" aria-label="Lanes">
      <h2>Lanes</h2>
      {fault !== undefined && <p role="alert">{fault}</p>}
      <table>
        <thead>
          <tr>
            <th scope="col">Lane</th>
            <th scope="col">Scenario</th>
            <th scope="col" class="number">
              Requests
            </th>
          </tr>
        </thead>
        <tbody>
          {lanes.slice(0, MOST_SHOWN).map((lane) => (
            <tr key={lane.lane}>
              <th scope="row">{nameOf(lane)}</th>
              <td>
                <select
                  aria-label={`Scenario of ${nameOf(lane)}`}
                  value={lane.scenario ?? ""}
                  onChange={({ currentTarget: { value } }) => void switchTo(lane.lane, value === "" ? null : value)}
                >
                  <option value="">none</option>
                  {choicesOf(lane, scenarios).map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              </td>
              <td class="number">{shortCount(lane.requests)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {lanes.length > MOST_SHOWN && <p class="quiet">and {lanes.length - MOST_SHOWN} more</p>}
    </section>
  );
}

function nameOf({ lane }: Lane): string {
  return lane === "" ? "the default lane" : lane;
}

/** What can be switched on, and what is on though only rules of the lane's own know it. */
function choicesOf({ scenario }: Lane, scenarios: readonly string[]): readonly string[] {
  return scenario === null || scenarios.includes(scenario) ? scenarios : [...scenarios, scenario];
}
