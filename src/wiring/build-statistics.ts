import type { AdminOperations } from "../admin/admin.ts";
import { metricsOperation } from "../admin/metrics.ts";
import { rulesOperation } from "../admin/rules.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { RuleFigures } from "../http/rule-figures.ts";
import type { AccessLog } from "../observe/access-log.ts";
import { Counters } from "../observe/counters.ts";
import { LoopLag } from "../observe/loop-lag.ts";
import type { Sink } from "../observe/observing.ts";
import { vitals } from "../observe/vitals.ts";
import type { Crew } from "../workers/crew.ts";
import { figuresOf } from "../workers/figures.ts";
import type { Share } from "../workers/share.ts";
import { ruleFigures, statistics } from "../workers/statistics.ts";
import type { Cache } from "./build-cache.ts";
import type { OriginsBuilt } from "./build-origins.ts";

/** What numbers are taken from. */
export type StatisticsParts = {
  readonly cache: Pick<
    Cache,
    "own" | "storeErrors" | "memoryErrors" | "belowStats" | "unconfirmed" | "quotas" | "load"
  >;
  /** Undefined where nobody looks at how origins are. */
  readonly origins: Pick<OriginsBuilt, "figures"> | undefined;
  /** Undefined where there are none. */
  readonly rules: { readonly figures: () => RuleFigures } | undefined;
  readonly crew: Crew | undefined;
  readonly log: Pick<AccessLog, "dropped">;
  readonly clock: () => Instant;
  readonly steady: () => Milliseconds;
  readonly version: string;
};

/** What this process and its fellows did, for whoever asks. */
export type StatisticsBuilt = Disposable & {
  readonly sink: Sink;
  /** What history is made of. */
  readonly tally: Counters["tally"];
  /** What this process has to say for itself. */
  readonly share: () => Promise<Share>;
  /** Sums over all workers, in a shape for people and programs. */
  readonly totals: () => ReturnType<typeof statistics>;
  /** The same and more for Prometheus, and what was counted of rules. */
  readonly operations: Pick<AdminOperations, "metrics" | "rules">;
};

/** Wires the counters to those who ask for numbers, over all workers. */
export function buildStatistics({
  cache,
  origins,
  rules,
  crew,
  log,
  clock,
  steady,
  version,
}: StatisticsParts): StatisticsBuilt {
  const counters = new Counters();
  const lag = new LoopLag(steady);
  const started = clock();
  const share = async (): Promise<Share> => ({
    worker: crew?.place.number ?? 0,
    pid: process.pid,
    restarts: crew?.place.restarts ?? 0,
    uptimeSeconds: (clock() - started) / 1000,
    counted: counters.counted(),
    cache: { ...(await cache.own.stats()), errors: cache.storeErrors() },
    memoryErrors: cache.memoryErrors(),
    store: await cache.belowStats(),
    log: { dropped: log.dropped() },
    unconfirmed: cache.unconfirmed(),
    quota: cache.quotas(),
    rules: rules?.figures(),
    load: cache.load(),
    origins: origins?.figures(),
    vitals: vitals(lag.lag),
  });
  return {
    sink: (record) => counters.count(record),
    tally: () => counters.tally(),
    share,
    totals: async () => statistics(await share(), crew),
    operations: {
      metrics: metricsOperation(async (format) => {
        // What prints them is loaded when somebody asks.
        const { scraped } = await import("../observe/scraped.ts");
        return scraped({ ...(await figuresOf(await share(), crew)), version }, format);
      }),
      rules: rulesOperation(async () => ruleFigures(await share(), crew)),
    },
    [Symbol.dispose]: () => lag[Symbol.dispose](),
  };
}
