import type { AdminOperations } from "../admin/admin.ts";
import type { LaneOperations } from "../admin/lanes.ts";
import type { Settings } from "../config/settings.ts";
import type { Layer } from "../http/exchange.ts";
import type { Sink } from "../observe/observing.ts";
import type { Crew } from "../workers/crew.ts";
import type { FixturesBuilt } from "./build-fixtures.ts";
import type { LanesBuilt } from "./build-lanes.ts";
import type { Ruling } from "./build-rules.ts";
import { loadFixtures, NO_FIXTURES } from "./load-fixtures.ts";
import { loadLanes, NO_LANES } from "./load-lanes.ts";
import { loadRules } from "./load-rules.ts";

/** What people put between an app and its API while they work on it; undefined what nobody has asked for. */
export type DevLoop = {
  readonly rules: Ruling | undefined;
  readonly fixtures: FixturesBuilt | undefined;
  /** There wherever one of the others is. */
  readonly lanes: LanesBuilt | undefined;
  readonly laning: LanesBuilt["laning"] | undefined;
  /** Take the record of each exchange. */
  readonly sinks: readonly Sink[];
  /** Goes around what goes past the layers, as WebSockets do. */
  readonly beside: Layer;
  readonly operations: Pick<AdminOperations, "fixtures"> & LaneOperations;
};

/** Nothing of all that. */
export const NO_LOOP: DevLoop = {
  ...{ rules: undefined, fixtures: undefined, lanes: undefined, laning: undefined, sinks: [] },
  beside: (next) => next,
  operations: { fixtures: NO_FIXTURES, ...NO_LANES },
};

/**
 * Loads rules, fixtures and lanes, each only where it is wanted.
 * @param abandon ends a request's connection without an answer
 * @throws FixturesUnusable, UnknownScenario
 */
export async function loadDevLoop(
  settings: Settings,
  crew: Crew | undefined,
  abandon: (request: Request) => void,
  onError: (error: unknown) => void,
): Promise<DevLoop> {
  const built = await loadLanes(settings, crew, onError);
  if (built === undefined) return NO_LOOP;
  const { lanes, laning, sink, beside } = built;
  const rules = await loadRules(settings, built, abandon);
  const fixtures = await loadFixtures(settings, crew, onError, {
    laneOf: (incoming) => ({ scenario: lanes.scenarioOf(incoming), sequence: lanes.of(incoming).sequence }),
    isApart: (incoming) => rules.ways.guidance.apart(incoming) !== undefined,
  });
  await using opening = new AsyncDisposableStack();
  opening.defer(() => fixtures?.close());
  await built.begin(() => [...rules.scenarios(), ...(fixtures?.scenarios() ?? [])]);
  opening.move();
  const operations = { fixtures: fixtures?.operation ?? NO_FIXTURES, ...built.operations };
  return { ...{ rules, fixtures, lanes: built, laning, sinks: [sink], beside }, operations };
}
