import type { Milliseconds } from "../http/date.ts";
import { rememberedTexts } from "../http/remembered.ts";
import { parseFilter } from "../observe/filter.ts";
import { type PathTotal, PathTotals } from "../observe/path-totals.ts";
import type { Recent } from "../observe/recent.ts";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { Crew } from "./crew.ts";
import type { Answer } from "./message.ts";

/** What a worker asks the others of what passed by them, while somebody watches. */
export type Glance = {
  /** One by one, or added up by path. */
  readonly type: "recent" | "paths";
  /** Where to go on, by the worker's number; who has none begins, with all that it remembers or, for paths, with nothing. */
  readonly from: Readonly<Record<number, number>>;
  readonly filter: string;
  /** The most exchanges to tell; of more the oldest are left out and counted. */
  readonly limit: number;
};

/** What one worker has to tell, and where to go on reading. */
export type Glimpse = { readonly worker: number; readonly next: number; readonly dropped: number } & (
  | { readonly type: "recent"; readonly exchanges: readonly ShownExchange[] }
  | { readonly type: "paths"; readonly paths: readonly PathTotal[] }
);

/** What all workers saw since they were last asked. */
export type Watched = {
  /** The oldest first. */
  readonly exchanges: readonly ShownExchange[];
  /** How many nobody could be shown any more, or were too many. */
  readonly dropped: number;
};

/** The same added up by path. */
export type WatchedPaths = { readonly paths: PathTotals; readonly dropped: number };

/** A filter that cannot be read; why, in a sentence without a full stop. */
export type Unreadable = { readonly type: "refused"; readonly why: string };

/** How long whoever watches waits for the other workers; who was late tells the same the next time. */
const PATIENCE: Milliseconds = 1000;

const filterOf = rememberedTexts(64, parseFilter);

/** What passes by this worker and by the others, for whoever watches. */
export class Watching {
  readonly #recent: Recent;
  readonly #crew: Crew | undefined;

  /** @param crew the other workers; undefined where this process is alone */
  constructor(recent: Recent, crew: Crew | undefined) {
    this.#recent = recent;
    this.#crew = crew;
  }

  /** Begins to watch what a filter wants. */
  watch(filter: string): Watch | Unreadable {
    const read = filterOf(filter);
    if (read.type === "bad") return { type: "refused", why: `the filter cannot be read: ${read.why}` };
    return new Watch((glance) => this.#glance({ ...glance, filter }));
  }

  /** Answers another worker. */
  answer(glance: Glance): Answer {
    return { type: "glimpse", glimpse: this.#look(glance) };
  }

  async #glance(glance: Glance): Promise<readonly Glimpse[]> {
    const asked = this.#crew?.ask(glance, PATIENCE);
    const own = this.#look(glance);
    if (asked === undefined) return [own];
    const { answers } = await asked;
    return [own, ...answers.flatMap((answer) => (answer.type === "glimpse" ? [answer.glimpse] : []))];
  }

  #look({ type, from, filter, limit }: Glance): Glimpse {
    const worker = this.#crew?.place.number ?? 0;
    const read = filterOf(filter);
    const wants = read.type === "filter" ? read.wants : undefined;
    const known = from[worker];
    if (type === "recent") {
      return { type, worker, ...this.#recent.since({ seq: known ?? this.#recent.oldest, wants, limit }) };
    }
    const paths = new PathTotals();
    const found = this.#recent.visit(known ?? this.#recent.next, wants, (seen) => paths.add(seen));
    return { type, worker, ...found, paths: paths.list() };
  }
}

/** One who watches: he remembers for each worker where he left off, and nobody remembers him. */
export class Watch {
  readonly #glance: (glance: Omit<Glance, "filter">) => Promise<readonly Glimpse[]>;
  #from: Readonly<Record<number, number>> = {};

  constructor(glance: (glance: Omit<Glance, "filter">) => Promise<readonly Glimpse[]>) {
    this.#glance = glance;
  }

  /** The newest `limit` of what came since, the first time of all that is remembered; the others count as dropped. */
  async exchanges(limit: number): Promise<Watched> {
    const glimpses = await this.#read({ type: "recent", limit });
    const all = glimpses
      .flatMap((glimpse) => (glimpse.type === "recent" ? glimpse.exchanges : []))
      .sort((a, b) => a.at - b.at);
    const left = Math.max(0, all.length - limit);
    return { exchanges: all.slice(left), dropped: droppedBy(glimpses) + left };
  }

  /** What came since, added up; the first time that is nothing. */
  async paths(): Promise<WatchedPaths> {
    const glimpses = await this.#read({ type: "paths", limit: 0 });
    const paths = new PathTotals();
    for (const glimpse of glimpses) if (glimpse.type === "paths") for (const total of glimpse.paths) paths.merge(total);
    return { paths, dropped: droppedBy(glimpses) };
  }

  async #read(asked: Pick<Glance, "type" | "limit">): Promise<readonly Glimpse[]> {
    const glimpses = await this.#glance({ ...asked, from: this.#from });
    this.#from = { ...this.#from, ...Object.fromEntries(glimpses.map(({ worker, next }) => [worker, next])) };
    return glimpses;
  }
}

function droppedBy(glimpses: readonly Glimpse[]): number {
  return glimpses.reduce((sum, { dropped }) => sum + dropped, 0);
}
