import { checkRule } from "../config/check-config.ts";
import type { WrittenRule } from "../config/written.ts";
import { badName, DEFAULT_LANE, isLaneName, LANE_FIELD } from "../lanes/name.ts";
import { parseFilter } from "../observe/filter.ts";
import type { Rule } from "../rules/rule.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";
import type { Opening } from "./opening.ts";
import { InvalidOptions } from "./options.ts";

/** What one of several tests that share a proxy has for itself. */
export type Lane = {
  /** As it was asked for: 1 to 63 of a-z, 0-9 and -. */
  readonly name: string;
  /** The field by which a request is in this lane; it never reaches the origin. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The exchanges of this lane that passed, the newest last; of more than 1000 the oldest are forgotten.
   * @param filter leaves out what it does not want, as that of the proxy's own `requests()`
   * @throws InvalidOptions where the filter cannot be read
   */
  requests(filter?: string): readonly Exchange[];
  /**
   * Puts a rule before all others, for requests of this lane that come from now on.
   * @returns takes it away again when it is disposed of
   * @throws InvalidOptions where it is no rule
   */
  rule(rule: WrittenRule): Disposable;
  /**
   * Switches a scenario on in this lane, or with null what is on off.
   * @throws InvalidOptions where no rule and no fixture asks for it; before anything is open, that is what opening rejects with
   */
  scenario(name: string | null): void;
};

/** One of a proxy that listens. */
export type ListeningLane = Lane & {
  /** By which requests are in this lane, with a slash at its end: `http://NAME.localhost:PORT/`. Bun, browsers and curl know that name for this machine. */
  readonly url: URL;
};

/** A rule and how it was written. */
type Put = { readonly rule: Rule; readonly written: WrittenRule };

/** The lanes of a proxy, and who switches their scenarios. */
export function lanesOf(opening: Opening): {
  readonly lane: (name: string) => Lane;
  readonly switchTo: (lane: string, scenario: string | null) => void;
} {
  const rules = new Map<string, readonly Put[]>();

  function put(lane: string, change: (before: readonly Put[]) => readonly Put[]): void {
    rules.set(lane, change(rules.get(lane) ?? []));
    opening.whenOpen(({ lanes }) => {
      const now = rules.get(lane) ?? [];
      lanes?.setRules(
        lane,
        now.map(({ rule }) => rule),
        now.map(({ written }) => written),
      );
    });
  }

  function switchTo(lane: string, scenario: string | null): void {
    opening.whenOpen(({ controls: { lanes } }) => {
      const why = scenario === null ? undefined : lanes?.unknown(lane, scenario);
      if (why !== undefined) throw new InvalidOptions(`scenario: ${why}`);
      lanes?.lanes.setScenario(lane, scenario ?? undefined);
    });
  }

  function lane(name: string): Lane {
    if (name === DEFAULT_LANE || !isLaneName(name)) throw new InvalidOptions(badName(name, "lane()"));
    return {
      name,
      headers: { [LANE_FIELD]: name },
      requests(filter = "") {
        const read = parseFilter(filter);
        if (read.type === "bad") throw new InvalidOptions(`the filter cannot be read: ${read.why}`);
        const { wants = () => true } = read;
        return (opening.proxy?.lanes?.requestsOf(name) ?? []).filter(wants).map(exchangeOf);
      },
      rule(written) {
        const read = checkRule(written, "lane.rule()");
        if (!read.ok) throw new InvalidOptions(read.message);
        const own = { rule: read.value, written };
        put(name, (before) => [own, ...before]);
        return { [Symbol.dispose]: () => put(name, (before) => before.filter((one) => one !== own)) };
      },
      scenario: (scenario) => switchTo(name, scenario),
    };
  }

  return { lane, switchTo };
}
