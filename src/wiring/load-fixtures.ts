import type { Operation } from "../admin/admin.ts";
import type { Crew } from "../workers/crew.ts";
import type { FixtureSettings, FixtureSurroundings, FixturesBuilt } from "./build-fixtures.ts";

/**
 * What answers from fixtures, or in the origin's place; what that takes is loaded only where it is wanted.
 * @throws FixturesUnusable
 */
export async function loadFixtures(
  settings: FixtureSettings,
  crew: Crew | undefined,
  onError: (error: unknown) => void,
  lanes: Omit<FixtureSurroundings, "clock">,
): Promise<FixturesBuilt | undefined> {
  if (settings.fixtures === undefined && !settings.offline) return undefined;
  const { buildFixtures } = await import("./build-fixtures.ts");
  return buildFixtures(settings, crew, onError, { clock: () => Date.now(), ...lanes });
}

/** What is told of fixtures where there are none. */
export const NO_FIXTURES: Operation = () => ({
  type: "problem",
  problem: {
    status: 404,
    title: "No fixtures",
    detail: "The proxy was started without --fixtures; pass it a folder to answer from.",
  },
});
