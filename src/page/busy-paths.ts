import type { ShownExchange } from "../observe/shown-exchange.ts";

/** What was asked for under one path, whatever the query. */
export type Busy = {
  readonly path: string;
  /** The same as a person is shown it. */
  readonly shown: string;
  readonly times: number;
  /** Answered without the origin. */
  readonly served: number;
  readonly totalMs: number;
};

const MOST = 6;

/** The paths that were asked for most, and those that the origin was asked for most. */
export function busiest(exchanges: readonly ShownExchange[]): {
  readonly asked: readonly Busy[];
  readonly missed: readonly Busy[];
} {
  const paths = new Map<string, Busy>();
  for (const { path: target, masked, outcome, durationMs } of exchanges) {
    const [path = ""] = target.split("?", 1);
    const [shown = ""] = (masked?.path ?? target).split("?", 1);
    const { times, served, totalMs } = paths.get(path) ?? { times: 0, served: 0, totalMs: 0 };
    const isServed = outcome === "hit" || outcome === "stale";
    paths.set(path, {
      path,
      shown,
      times: times + 1,
      served: served + (isServed ? 1 : 0),
      totalMs: totalMs + durationMs,
    });
  }
  const missed = (busy: Busy): number => busy.times - busy.served;
  const all = [...paths.values()];
  return {
    asked: all.toSorted((a, b) => b.times - a.times).slice(0, MOST),
    missed: all
      .filter((busy) => missed(busy) > 0)
      .toSorted((a, b) => missed(b) - missed(a))
      .slice(0, MOST),
  };
}
