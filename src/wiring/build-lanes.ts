import { type Changed, type LaneOperations, laneOperations } from "../admin/lanes.ts";
import { nearest } from "../config/nearest.ts";
import type { Settings } from "../config/settings.ts";
import type { Layer } from "../http/exchange.ts";
import { masking } from "../http/masked.ts";
import { maskedLaneExchange } from "../lanes/exchanges.ts";
import { Lanes } from "../lanes/lanes.ts";
import { badName, DEFAULT_LANE, isLaneName } from "../lanes/name.ts";
import { refusingBadNames, sharingOneName, withoutLane } from "../lanes/shared.ts";
import { UnknownScenario } from "../lanes/unknown-scenario.ts";
import type { LaneNameOf, Sink } from "../observe/observing.ts";
import { seeded } from "../rules/random.ts";
import type { Rule } from "../rules/rule.ts";
import type { Crew } from "../workers/crew.ts";
import { Laning } from "../workers/laning.ts";

/** What lanes add to the request's path, and who changes them. */
export type LanesBuilt = {
  readonly lanes: Lanes;
  readonly laning: Laning;
  /** Stands before all that asks for a request's lane: what names none that could be is refused. */
  readonly refusing: Layer;
  /** Stands before what all lanes share. */
  readonly sharing: Layer;
  /** Both, for what goes past the layers. */
  readonly beside: Layer;
  /** Says which hosts name no lane though they look like that. */
  readonly setSites: (hosts: readonly string[]) => void;
  /** Why a scenario cannot be switched on in a lane, without a full stop; undefined where it can. */
  readonly unknown: (lane: string, scenario: string) => string | undefined;
  readonly nameOf: LaneNameOf;
  readonly sink: Sink;
  readonly operations: LaneOperations;
  /**
   * Goes on once rules and fixtures are there.
   * @param known the scenarios that those ask for
   * @throws UnknownScenario where the one to begin with is none of them
   */
  readonly begin: (known: () => readonly string[]) => Promise<void>;
};

/** Wires the lanes of this process to those of the other workers. */
export function buildLanes(
  { scenario, secrets, seed }: Pick<Settings, "scenario" | "secrets" | "seed">,
  crew: Crew | undefined,
  onError: (error: unknown) => void,
): LanesBuilt {
  const chance = (): (() => number) => (seed === undefined ? Math.random : seeded(seed));
  const mask = masking(secrets);
  const { number = 0, restarts = 0 } = crew?.place ?? {};
  let sites: ReadonlySet<string> = new Set();
  const isSite = (hostname: string): boolean => sites.has(hostname);
  const lanes = new Lanes({ scenario, chance }, isSite, number);
  const laning = new Laning({ lanes, crew, checked, onError });
  let knownToAll: () => readonly string[] = () => [];

  function known(lane: string): readonly string[] {
    return [...new Set([...knownToAll(), ...scenariosOf(lanes.get(lane)?.rules ?? [])])].sort();
  }

  function unknown(lane: string, name: string): string | undefined {
    return unknownScenario(name, known(lane));
  }

  async function switchTo(lane: string, name: string | undefined): Promise<Changed> {
    const why = name === undefined ? undefined : unknown(lane, name);
    if (why !== undefined) return { type: "unknown", why };
    return { type: "changed", complete: await laning.change({ type: "scenario", lane, scenario: name ?? null }) };
  }

  async function putRules(lane: string, rules: readonly unknown[]): Promise<Changed> {
    const { checkRules } = await import("../config/check-config.ts");
    const read = checkRules(rules, "the request");
    if (!read.ok) return { type: "refused", why: read.message };
    return { type: "changed", complete: await laning.change({ type: "rules", lane, rules }) };
  }

  const refusing: Layer = (next) =>
    refusingBadNames(isSite)((incoming) => {
      // What comes behind may have been told nothing of its lane.
      lanes.of(incoming);
      return next(incoming);
    });

  return {
    ...{ lanes, laning, refusing, unknown, sharing: sharingOneName(isSite) },
    beside: (next) => refusing((incoming) => next(withoutLane(incoming, isSite))),
    setSites(hosts) {
      sites = new Set(hosts);
    },
    nameOf: (incoming) => lanes.of(incoming).name || undefined,
    sink: (record) => lanes.note(record),
    operations: laneOperations({
      badName: (name) => (isLaneName(name) ? undefined : badName(name, "The request")),
      async all() {
        const { all, complete } = await laning.figures();
        return { scenarios: known(DEFAULT_LANE), lanes: all, complete };
      },
      async one(name) {
        const { all, complete } = await laning.figures();
        const found = all.find(({ lane }) => lane === name);
        return found && { ...found, scenarios: known(name), complete };
      },
      async requests(name, limit) {
        const { all, complete } = await laning.requests(name, limit);
        return { lane: name, requests: all.map((each) => maskedLaneExchange(each, mask)), complete };
      },
      ...{ switchTo, putRules },
      reset: async (lane) => ({ type: "changed", complete: await laning.change({ type: "reset", lane }) }),
    }),
    async begin(those) {
      knownToAll = those;
      // What it was started with counts for who takes a crashed one's place, whatever the files say by now.
      const why = scenario === undefined || restarts > 0 ? undefined : unknownScenario(scenario, known(DEFAULT_LANE));
      if (why !== undefined) throw new UnknownScenario(`--scenario ${JSON.stringify(scenario)}: ${why}`);
      await laning.catchUp();
    },
  };
}

/** The scenarios that rules ask for or switch on. */
export function scenariosOf(rules: readonly Rule[]): readonly string[] {
  return rules.flatMap(({ scenario, values }) =>
    [scenario, values.then?.scenario].filter((name) => name !== undefined),
  );
}

/** Why a scenario cannot be switched on, without a full stop; undefined where it can. */
function unknownScenario(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  if (known.length === 0) return `no rule and no fixture asks for a scenario, so there is none named ${name}`;
  const meant = nearest(name, known);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  const all = known.length === 1 ? `There is ${known[0]}` : `There are ${known.join(", ")}`;
  return `no rule and no fixture asks for the scenario ${name}.${hint} ${all}`;
}

/** Reads rules that another worker has found to be right. */
async function checked(written: readonly unknown[]): Promise<readonly Rule[]> {
  const { checkRules } = await import("../config/check-config.ts");
  const read = checkRules(written, "another worker");
  if (!read.ok) throw new Error(read.message);
  return read.value;
}
