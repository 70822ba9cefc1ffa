import type { AdminOperations } from "../admin/admin.ts";
import { eventsOperations, type Watch } from "../admin/events.ts";
import { historyOperation } from "../admin/history.ts";
import type { Instant } from "../http/date.ts";
import { type Mask, masking } from "../http/masked.ts";
import { pause } from "../http/pause.ts";
import { parseFilter } from "../observe/filter.ts";
import { eachSecond, History, type Tally } from "../observe/history.ts";
import { maskedExchange, unmaskedExchange } from "../observe/masked-exchange.ts";
import { PathTotals } from "../observe/path-totals.ts";
import { REMEMBERED_EXCHANGES, Recent } from "../observe/recent.ts";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { Crew } from "../workers/crew.ts";
import type { RecentOf } from "../workers/explaining.ts";
import { historyOf } from "../workers/history.ts";
import type { Answer, Question } from "../workers/message.ts";
import { type Unreadable, Watching, type Watch as WatchOfAll } from "../workers/watching.ts";

/** No process passes so many exchanges before it crashes that the next one with its number would repeat theirs. */
const NUMBERS_OF_A_PROCESS = 2 ** 40;

/** What watching rests on. */
export type WatchingParts = {
  readonly crew: Crew | undefined;
  readonly clock: () => Instant;
  /** What this process has counted so far. */
  readonly tally: () => Tally;
  /** What a watcher is told first. */
  readonly identity: object;
  readonly stats: () => Promise<unknown>;
  /** Names of parameters that are secrets besides. */
  readonly secrets: readonly string[];
};

/** As many of one path are looked at by whoever explains one of its misses. */
const MOST_OF_A_PATH = 1000;

/** What of this process and of its fellows whoever watches sees. */
export type WatchingBuilt = {
  readonly operations: Pick<AdminOperations, "events" | "recent" | "history">;
  /** Takes the record of each exchange. */
  readonly sink: Recent["push"];
  /** Of the exchanges that this process remembers those that a filter wants, the oldest first. */
  readonly passed: (filter: string) => readonly ShownExchange[] | Unreadable;
  /** The last exchanges of a path. */
  readonly recentOf: RecentOf;
  /** Answers another worker. */
  readonly answer: (question: Watched) => Answer;
  /** Ends the streams that are open, and what goes on by itself. */
  readonly end: () => void;
};

type Watched = Extract<Question, { readonly type: "recent" | "paths" | "history" }>;

/** Wires the ring of the last exchanges and what each second brought to those who watch, over all workers. */
export function buildWatching({ crew, clock, tally, identity, stats, secrets }: WatchingParts): WatchingBuilt {
  const { number = 0, restarts = 0, of = 1 } = crew?.place ?? {};
  const recent = new Recent(number, restarts * NUMBERS_OF_A_PROCESS, clock);
  const watching = new Watching(recent, crew);
  const mask = masking(secrets);
  const source = {
    hello: () => ({ ...identity, workers: of }),
    stats,
    watch(filter: string, shown: "hidden" | "shown") {
      const watch = watching.watch(filter);
      const exchanged = shown === "hidden" ? maskedExchange : unmaskedExchange;
      return "why" in watch ? watch : gathering(watch, (exchange) => exchanged(exchange, mask), mask);
    },
  };
  const steady = (): number => performance.now();
  const history = new History(tally, clock);
  const endLooking = eachSecond(clock, () => history.look());
  const { events, recent: passed, end } = eventsOperations(source, { clock, steady, pause });
  return {
    operations: { events, recent: passed, history: historyOperation((since) => historyOf(history, crew, since)) },
    sink: (record) => recent.push(record),
    passed(filter) {
      const read = parseFilter(filter);
      if (read.type === "bad") return { type: "refused", why: `the filter cannot be read: ${read.why}` };
      return recent.since({ seq: recent.oldest, wants: read.wants, limit: REMEMBERED_EXCHANGES }).exchanges;
    },
    async recentOf(pathname) {
      const watch = watching.watch(`path="${pathname.replace(/["\\]/g, "\\$&")}"`);
      // A path that is too long for a filter has nothing to tell.
      return "why" in watch ? [] : (await watch.exchanges(MOST_OF_A_PATH)).exchanges;
    },
    answer: (question) =>
      question.type === "history"
        ? { type: "history", seconds: history.since(question.since) }
        : watching.answer(question),
    end() {
      endLooking();
      end();
    },
  };
}

/** A watch whose paths are gathered in between. */
function gathering(watch: WatchOfAll, shown: (exchange: ShownExchange) => ShownExchange, mask: Mask): Watch {
  let totals = new PathTotals();
  let dropped = 0;
  async function gather(): Promise<void> {
    const came = await watch.paths();
    for (const total of came.paths.list()) totals.merge(total);
    dropped += came.dropped;
  }
  return {
    async exchanges(limit) {
      const { exchanges, dropped } = await watch.exchanges(limit);
      return { exchanges: exchanges.map(shown), dropped };
    },
    gather,
    async paths(limit) {
      await gather();
      const all = totals.list();
      const [first, left] = [all.slice(0, limit), all.slice(limit)];
      const requests = (paths: typeof all): number => paths.reduce((sum, path) => sum + path.requests, 0);
      const paths = first.map((total) => ({ ...total, path: mask(total.path) }));
      const result = { paths, seen: requests(all), dropped: dropped + requests(left) };
      totals = new PathTotals();
      dropped = 0;
      return result;
    },
  };
}
