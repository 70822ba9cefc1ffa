import { defineCommand, runCommand } from "citty";
import { scenarioFlags } from "../config/scenario-flags.ts";
import { resolveTarget, type Target } from "../config/target.ts";
import { notOurs } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { valueAt } from "./json-shape.ts";
import { renderScenarios, renderSwitched } from "./scenario-report.ts";
import { stated } from "./stated.ts";
import { print } from "./terminal.ts";
import { answered, wanted } from "./wanted.ts";

/** `caching-proxy scenario` */
export const scenario = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "scenario", description: catalog.scenario.summary },
  args: { ...scenarioFlags, name: { type: "string" } },
  run: async ({ args }) => {
    const target = wanted(resolveTarget((await stated(scenarioFlags, args)).given));
    const { name, none, lane, json } = args;
    if (name !== undefined && none === true) {
      throw new Failure(2, `${name} is to be switched on, and --none switches off: leave out one of them`);
    }
    const isAsking = name === undefined && none !== true;
    const { value, text } = isAsking ? await current(target, lane) : await switched(target, name, lane);
    print(() => (json === true ? `${text.trimEnd()}\n` : isAsking ? renderScenarios(value) : renderSwitched(value)));
  },
});

async function current(target: Target, lane: string | undefined) {
  const answer = await answered(target, "GET", lane === undefined ? "lanes" : `lanes/${pathOf(lane)}`);
  if (!Array.isArray(valueAt(answer.value, "scenarios"))) throw new Failure(1, notOurs(target));
  return answer;
}

async function switched(target: Target, name: string | undefined, lane: string | undefined) {
  const body = { scenario: name ?? null, ...(lane === undefined ? {} : { lane }) };
  const answer = await answered(target, "PUT", "scenario", body);
  if (valueAt(answer.value, "scenario") === undefined) throw new Failure(1, notOurs(target));
  return answer;
}

/** The default lane has no name that could stand in a path. */
function pathOf(lane: string): string {
  return lane === "" ? "-" : encodeURIComponent(lane);
}
