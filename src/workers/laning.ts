import type { Milliseconds } from "../http/date.ts";
import type { Incoming } from "../http/exchange.ts";
import type { LaneChange } from "../lanes/change.ts";
import { type LaneExchange, MOST_EXCHANGES } from "../lanes/exchanges.ts";
import { figuresOf, type LaneFigures, mergedFigures } from "../lanes/figures.ts";
import type { Lanes } from "../lanes/lanes.ts";
import type { Rule } from "../rules/rule.ts";
import type { Crew } from "./crew.ts";
import type { Answer } from "./message.ts";

/** What one worker asks the others of their lanes. */
export type LaneQuestion =
  | { readonly type: "lane-change"; readonly change: LaneChange }
  /** What they counted. */
  | { readonly type: "lanes" }
  | { readonly type: "lane-requests"; readonly lane: string; readonly limit: number }
  /** What it would take to make lanes as theirs are. */
  | { readonly type: "lane-changes" };

/** What all workers know, `complete` unless one of them was late. */
export type OfAll<T> = { readonly all: T; readonly complete: boolean };

/** What lanes of several workers rest on. */
export type LaningParts = {
  readonly lanes: Lanes;
  /** Undefined where this process is alone. */
  readonly crew: Crew | undefined;
  /** Reads rules as somebody wrote them, who was told already what is wrong with them. */
  readonly checked: (written: readonly unknown[]) => Promise<readonly Rule[]>;
  /** Told of what could not be done for another worker. */
  readonly onError: (error: unknown) => void;
};

/** How long others are waited for. */
const PATIENCE: Milliseconds = 4000;

/** The lanes of all workers: each follows what is changed in one of them, and each has counted its part. */
export class Laning {
  readonly #parts: LaningParts;

  constructor(parts: LaningParts) {
    this.#parts = parts;
  }

  /** Changes a lane here and in all other workers; false where one of them did not confirm that in time. */
  async change(change: LaneChange): Promise<boolean> {
    await this.#apply(change);
    return this.#tell(change);
  }

  /** Switches the scenario of a request's lane: undefined where that is done at once, and else until the other workers have heard. */
  enter(incoming: Incoming, scenario: string | undefined): Promise<void> | undefined {
    const lane = this.#parts.lanes.of(incoming);
    if (lane.scenario === scenario) return undefined;
    lane.switchTo(scenario);
    if (this.#parts.crew === undefined) return undefined;
    return this.#tell({ type: "scenario", lane: lane.name, scenario: scenario ?? null }).then(() => undefined);
  }

  async figures(): Promise<OfAll<readonly LaneFigures[]>> {
    const { answers, complete } = await this.#ask({ type: "lanes" });
    const others = answers.flatMap((answer) => (answer.type === "lanes" ? [answer.figures] : []));
    return { all: mergedFigures([this.#figures(), ...others]), complete };
  }

  /** The last exchanges of a lane, the oldest first. */
  async requests(lane: string, limit: number): Promise<OfAll<readonly LaneExchange[]>> {
    const most = Math.min(limit, MOST_EXCHANGES);
    const { answers, complete } = await this.#ask({ type: "lane-requests", lane, limit: most });
    const others = answers.flatMap((answer) => (answer.type === "lane-requests" ? answer.requests : []));
    const all = [...this.#parts.lanes.requestsOf(lane, most), ...others].sort((a, b) => a.at - b.at);
    return { all: all.slice(Math.max(0, all.length - most)), complete };
  }

  /** Makes the lanes of a worker that takes a crashed one's place what those of the others are. */
  async catchUp(): Promise<void> {
    const { crew } = this.#parts;
    if (crew === undefined || crew.place.restarts === 0) return;
    const { answers } = await this.#ask({ type: "lane-changes" });
    const [first] = answers.flatMap((answer) => (answer.type === "lane-changes" ? [answer.changes] : []));
    for (const change of first ?? []) await this.#apply(change);
  }

  /** Answers another worker. */
  async answer(question: LaneQuestion): Promise<Answer> {
    switch (question.type) {
      case "lane-change":
        await this.#apply(question.change).catch(this.#parts.onError);
        return { type: "heeded", dropped: 0 };
      case "lanes":
        return { type: "lanes", figures: this.#figures() };
      case "lane-requests":
        return { type: "lane-requests", requests: this.#parts.lanes.requestsOf(question.lane, question.limit) };
      case "lane-changes":
        return { type: "lane-changes", changes: this.#changes() };
    }
  }

  async #apply(change: LaneChange): Promise<void> {
    const { lanes, checked } = this.#parts;
    switch (change.type) {
      case "scenario":
        return lanes.setScenario(change.lane, change.scenario ?? undefined);
      case "rules":
        return lanes.setRules(change.lane, await checked(change.rules), change.rules);
      case "reset":
        return lanes.reset(change.lane);
    }
  }

  async #tell(change: LaneChange): Promise<boolean> {
    return (await this.#ask({ type: "lane-change", change })).complete;
  }

  #figures(): readonly LaneFigures[] {
    return this.#parts.lanes.all().map(figuresOf);
  }

  #changes(): readonly LaneChange[] {
    return this.#parts.lanes.all().flatMap((lane): readonly LaneChange[] => [
      { type: "scenario", lane: lane.name, scenario: lane.scenario ?? null },
      { type: "rules", lane: lane.name, rules: lane.writtenRules },
    ]);
  }

  async #ask(question: LaneQuestion): ReturnType<Crew["ask"]> {
    return this.#parts.crew?.ask(question, PATIENCE) ?? { answers: [], complete: true };
  }
}
