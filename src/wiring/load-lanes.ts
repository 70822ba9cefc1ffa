import type { Operation } from "../admin/admin.ts";
import type { LaneOperations } from "../admin/lanes.ts";
import type { Settings } from "../config/settings.ts";
import type { Crew } from "../workers/crew.ts";
import type { LanesBuilt } from "./build-lanes.ts";

/** What lanes have for themselves: only where there is some of it are they loaded. */
export async function loadLanes(
  settings: Pick<Settings, "rules" | "fixtures" | "offline" | "scenario" | "secrets" | "seed">,
  crew: Crew | undefined,
  onError: (error: unknown) => void,
): Promise<LanesBuilt | undefined> {
  const { rules, fixtures, offline, scenario } = settings;
  if (rules === undefined && fixtures === undefined && scenario === undefined && !offline) return undefined;
  const { buildLanes } = await import("./build-lanes.ts");
  return buildLanes(settings, crew, onError);
}

const NONE: Operation = () => ({
  type: "problem",
  problem: {
    status: 404,
    title: "No lanes",
    detail:
      "The proxy was started without anything that lanes could have for themselves: pass it a config file, or --fixtures DIR.",
  },
});

/** What is told of lanes where there are none. */
export const NO_LANES: LaneOperations = {
  // Whoever only looks is told that there is nothing, which is no fault of his.
  lanes: () => ({ type: "json", value: { scenarios: [], lanes: [], complete: true } }),
  ...{ lane: NONE, resetLane: NONE, switchScenario: NONE, putRules: NONE },
};
