import type { Figures, WorkerFigures } from "../observe/metrics.ts";
import type { TierFigures } from "../observe/tier-metrics.ts";
import type { Crew } from "./crew.ts";
import { joined, type Share } from "./share.ts";
import { gather } from "./statistics.ts";

/** What metrics are made of: the sums over all workers, and each one's state. */
export async function figuresOf(own: Share, crew: Crew | undefined): Promise<Omit<Figures, "version">> {
  const { present, absent } = await gather(own, crew);
  const all = joined([...present, ...absent]);
  const { counted, log, unconfirmed, quota, load, origins, rules } = all;
  return {
    counted,
    tiers: tiersOf(all),
    workers: workersOf(present, crew?.place.of),
    droppedLogLines: log.dropped,
    unconfirmed,
    quota,
    rules: rules?.rules ?? [],
    load,
    origins: origins ?? [],
  };
}

function tiersOf({ cache, memoryErrors, store }: Share): readonly TierFigures[] {
  const memory = { ...cache, tier: "memory", up: true, errors: memoryErrors };
  if (store === undefined) return [memory];
  const { name, state, ...figures } = store;
  return [memory, { ...figures, tier: name, up: state === "working" }];
}

/** @param count how many there should be; undefined for a process that is alone */
function workersOf(present: readonly Share[], count: number | undefined): readonly WorkerFigures[] {
  if (count === undefined) return present;
  const byNumber = new Map(present.map((share) => [share.worker, share]));
  return Array.from({ length: count }, (_, i) => byNumber.get(i + 1) ?? { worker: i + 1 });
}
