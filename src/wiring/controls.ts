import type { Purge } from "../admin/purge.ts";
import type { Explaining } from "../workers/explaining.ts";
import type { LanesBuilt } from "./build-lanes.ts";
import type { StatisticsBuilt } from "./build-statistics.ts";
import type { WatchingBuilt } from "./build-watching.ts";

/** What a running proxy tells and does at the wish of the program that it runs in, as by its admin paths. */
export type Controls = {
  readonly stats: () => Promise<Stats>;
  readonly purge: Purge;
  /** Resolves to the number of responses that were stored. */
  readonly clear: () => Promise<number>;
  readonly explaining: Pick<Explaining, "one">;
  readonly passed: WatchingBuilt["passed"];
  /** Whether a path is one of our own. */
  readonly isOwn: (pathname: string) => boolean;
  /** Undefined where there is nothing that lanes could have for themselves. */
  readonly lanes: Pick<LanesBuilt, "lanes" | "unknown"> | undefined;
};

/** What a proxy is and what it did. */
export type Stats = Awaited<ReturnType<StatisticsBuilt["totals"]>> & {
  /** Of the package. */
  readonly name: string;
  /** Of the package. */
  readonly version: string;
  /** Since it was opened. */
  readonly uptimeSeconds: number;
  /** With its base path. */
  readonly origin: string;
};
