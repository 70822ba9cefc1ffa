import type { Lane } from "./lane.ts";
import { type LaneCounts, summed } from "./tally.ts";

/** What there is to say of a lane, as JSON carries it. */
export type LaneFigures = LaneCounts & {
  /** Empty for the default lane. */
  readonly lane: string;
  /** Null where none is switched on. */
  readonly scenario: string | null;
  /** How many rules of its own it has, in front of those of the config. */
  readonly rules: number;
};

/** What this process knows of a lane. */
export function figuresOf(lane: Lane): LaneFigures {
  return { lane: lane.name, scenario: lane.scenario ?? null, rules: lane.rules.length, ...lane.counts() };
}

/** The same of all processes, by the names of the lanes: scenarios and rules are alike in all of them. */
export function mergedFigures(all: readonly (readonly LaneFigures[])[]): readonly LaneFigures[] {
  const byName = new Map<string, LaneFigures>();
  for (const figures of all.flat()) {
    const own = byName.get(figures.lane);
    byName.set(figures.lane, own === undefined ? figures : { ...own, ...summed(own, figures) });
  }
  return [...byName.values()].sort((a, b) => (a.lane < b.lane ? -1 : 1));
}
