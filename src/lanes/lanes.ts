import type { Incoming } from "../http/exchange.ts";
import type { ExchangeRecord } from "../observe/record.ts";
import type { Rule } from "../rules/rule.ts";
import { type LaneExchange, MOST_EXCHANGES } from "./exchanges.ts";
import { type Beginning, Lane } from "./lane.ts";
import { DEFAULT_LANE, type IsSite, namedLane } from "./name.ts";

/** As many are remembered; of more the one that was used least recently goes. */
const MOST_LANES = 1000;
/** The exchanges of all lanes that are remembered; of more those of the lane that was used least recently go. */
const MOST_IN_ALL = 20_000;

/** How a request came. */
type Came = { readonly lane: Lane; readonly scenario: string | undefined };

/** All lanes of this process. */
export class Lanes {
  readonly #beginning: Beginning;
  readonly #isSite: IsSite;
  readonly #worker: number;
  readonly #most: number;
  /** The one used least recently first; the default lane stays apart, and always. */
  readonly #lanes = new Map<string, Lane>();
  readonly #default: Lane;
  /** A request that is on its way is known by the one thing that no layer replaces. */
  readonly #ofRequest = new WeakMap<Request, Came>();
  #kept = 0;

  /**
   * @param isSite whether a host names no lane though it looks like that
   * @param worker 0 where the process is alone
   */
  constructor(beginning: Beginning, isSite: IsSite = () => false, worker = 0, most = MOST_LANES) {
    this.#beginning = beginning;
    this.#isSite = isSite;
    this.#worker = worker;
    this.#most = most;
    this.#default = new Lane(DEFAULT_LANE, beginning);
  }

  /** The lane of a request, as it was named when it was first asked about; a name that is none counts as the default lane's. */
  of(incoming: Incoming): Lane {
    return this.#came(incoming).lane;
  }

  /** The scenario that was on in a request's lane when it came, whatever it has switched by itself. */
  scenarioOf(incoming: Incoming): string | undefined {
    return this.#came(incoming).scenario;
  }

  #came(incoming: Incoming): Came {
    const known = this.#ofRequest.get(incoming.request);
    if (known !== undefined) return known;
    const named = namedLane(incoming, this.#isSite);
    const lane = this.lane(named.type === "lane" ? named.name : DEFAULT_LANE);
    const came = { lane, scenario: lane.scenario };
    this.#ofRequest.set(incoming.request, came);
    return came;
  }

  /** The lane of that name, where somebody has used it. */
  get(name: string): Lane | undefined {
    return name === DEFAULT_LANE ? this.#default : this.#lanes.get(name);
  }

  /** The lane of that name, which begins now where nobody has used it. */
  lane(name: string): Lane {
    if (name === DEFAULT_LANE) return this.#default;
    const lane = this.#lanes.get(name) ?? new Lane(name, this.#beginning);
    this.#lanes.delete(name);
    this.#lanes.set(name, lane);
    if (this.#lanes.size > this.#most) {
      const [oldest] = this.#lanes.keys();
      if (oldest !== undefined) this.reset(oldest);
    }
    return lane;
  }

  /** The default lane, then the others by their names. */
  all(): readonly Lane[] {
    return [this.#default, ...[...this.#lanes.values()].sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  /** Notes an exchange in its lane. */
  note(record: ExchangeRecord): void {
    const lane = this.get(record.lane ?? DEFAULT_LANE);
    if (lane === undefined) return;
    const before = lane.exchanges.size;
    lane.note(record);
    this.#kept += lane.exchanges.size - before;
    if (this.#kept > MOST_IN_ALL) this.#makeRoom(lane);
  }

  /** The last exchanges of a lane, the oldest first. */
  requestsOf(name: string, limit = MOST_EXCHANGES): readonly LaneExchange[] {
    return this.get(name)?.exchanges.last(limit, this.#worker) ?? [];
  }

  /** The rules of all lanes. */
  rules(): readonly Rule[] {
    return this.all().flatMap(({ rules }) => rules);
  }

  setScenario(lane: string, scenario: string | undefined): void {
    this.lane(lane).switchTo(scenario);
  }

  /** @param written the same as JSON carries it, where there is such */
  setRules(lane: string, rules: readonly Rule[], written: readonly unknown[] = []): void {
    this.lane(lane).put(rules, written);
  }

  /** Makes a lane what it was when it began: one with a name is forgotten. */
  reset(name: string): void {
    const lane = this.get(name);
    if (lane === undefined) return;
    this.#kept -= lane.exchanges.size;
    if (name === DEFAULT_LANE) lane.reset();
    else this.#lanes.delete(name);
  }

  #makeRoom(but: Lane): void {
    for (const lane of this.#lanes.values()) {
      if (lane === but || lane.exchanges.size === 0) continue;
      this.#kept -= lane.exchanges.size;
      lane.exchanges.clear();
      return;
    }
  }
}
