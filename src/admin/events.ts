import type { Instant, Milliseconds } from "../http/date.ts";
import type { Incoming } from "../http/exchange.ts";
import type { pause } from "../http/pause.ts";
import { asDetail } from "../http/problem.ts";
import { json, type Operation } from "./admin.ts";
import { eventStream, eventStreamFields, eventText, HEARTBEAT } from "./event-stream.ts";

/** What came since it was last asked for; what could not be had any more is counted. */
type Exchanges = { readonly exchanges: readonly unknown[]; readonly dropped: number };
type Paths = { readonly paths: readonly unknown[]; readonly seen: number; readonly dropped: number };

/** Reads on from where it left off, the first time what is remembered. */
export type Watch = {
  /** The newest `limit`, the oldest of them first. */
  readonly exchanges: (limit: number) => Promise<Exchanges>;
  /** Added up by path since this was last called; the first time nothing. */
  readonly paths: (limit: number) => Promise<Paths>;
  /** To be called in between, so that nothing is overwritten before it is added up. */
  readonly gather: () => Promise<void>;
};

/** Where events come from. */
export type EventsSource = {
  /** What a watcher is told first. */
  readonly hello: () => object;
  readonly stats: () => Promise<unknown>;
  /** Begins to watch what a filter wants; why not is a sentence without a full stop. */
  readonly watch: (
    filter: string,
    secrets: "hidden" | "shown",
  ) => Watch | { readonly type: "refused"; readonly why: string };
};

/** What the rhythm of a stream rests on. */
export type Beat = {
  readonly clock: () => Instant;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  readonly pause: typeof pause;
};

const EXCHANGES_EVERY: Milliseconds = 200;
const GATHER_EVERY: Milliseconds = 50;
const SECOND: Milliseconds = 1000;
const HEARTBEAT_EVERY: Milliseconds = 10_000;
/** Of one event. */
const MOST_EXCHANGES = 500;
const MOST_PATHS = 1000;
const MOST_RECENT = 10_000;
const USUAL_RECENT = 100;
/** Each asks all workers several times a second. */
const MOST_WATCHERS = 64;

/** The operations, and what ends all streams. */
export type Events = {
  /** `GET …/events`: what passes, as Server-Sent Events. */
  readonly events: Operation;
  /** `GET …/recent`: what has passed and is still remembered, the newest first. */
  readonly recent: Operation;
  /** Ends the streams that are open, and from now on each as it begins. */
  readonly end: () => void;
};

/** Shows what passes to whoever watches. */
export function eventsOperations(source: EventsSource, beat: Beat): Events {
  const open = new Set<AbortController>();
  let isOver = false;

  const events: Operation = async (incoming) => {
    const asked = readAsked(incoming.url.searchParams, ["view", "filter", "backlog", "secrets"], { backlog: 0 });
    if ("why" in asked) return refused(asked.why);
    const { filter, count: backlog, view } = asked;
    const watch = source.watch(filter, asked.secrets);
    if ("why" in watch) return refused(asDetail(watch.why));
    if (incoming.request.method === "HEAD") {
      return { type: "response", response: { status: 200, headers: eventStreamFields(), body: null } };
    }
    if (open.size >= MOST_WATCHERS) return CROWDED;
    const watcher = watching(incoming);
    // From here on nothing that comes is missed, even before the stream is read.
    const before = view === "paths" ? await watch.gather() : await watch.exchanges(backlog);
    const hello = eventText("hello", { ...source.hello(), now: beat.clock() });
    const opening = hello + backlogText(before?.exchanges ?? []);
    const signal = watcher.signal;
    const next = view === "paths" ? pathEvents(watch, beat, signal) : exchangeEvents(watch, source, beat, signal);
    return { type: "response", response: eventStream(opening, next, () => watcher.abort()) };
  };

  /** One more who watches, until he leaves or all is over. */
  function watching({ request }: Incoming): AbortController {
    const watcher = new AbortController();
    open.add(watcher);
    watcher.signal.addEventListener("abort", () => open.delete(watcher));
    const leave = (): void => watcher.abort();
    request.signal.addEventListener("abort", leave);
    if (isOver || request.signal.aborted) leave();
    return watcher;
  }

  const recent: Operation = async ({ url: { searchParams } }) => {
    const asked = readAsked(searchParams, ["filter", "limit", "secrets"], { limit: USUAL_RECENT });
    if ("why" in asked) return refused(asked.why);
    const watch = source.watch(asked.filter, asked.secrets);
    if ("why" in watch) return refused(asDetail(watch.why));
    const { exchanges, dropped } = await watch.exchanges(asked.count);
    return json({ exchanges: exchanges.toReversed(), dropped });
  };

  return {
    events,
    recent,
    end() {
      isOver = true;
      for (const watcher of [...open]) watcher.abort();
    },
  };
}

/** Each resolves to what is to be sent next; undefined once the signal is aborted. */
type Next = () => Promise<string | undefined>;

function exchangeEvents(watch: Watch, source: EventsSource, { steady, pause }: Beat, signal: AbortSignal): Next {
  let sent = steady();
  let told = 0;
  return async () => {
    for (;;) {
      await pause(EXCHANGES_EVERY, signal);
      if (signal.aborted) return undefined;
      const came = await watch.exchanges(MOST_EXCHANGES);
      const now = steady();
      const isQuiet = came.exchanges.length === 0 && came.dropped === 0;
      let text = isQuiet ? "" : eventText("exchanges", came);
      if (now - told >= SECOND) {
        told = now;
        text += eventText("stats", await source.stats());
      }
      if (text === "" && now - sent >= HEARTBEAT_EVERY) text = HEARTBEAT;
      if (text === "") continue;
      sent = now;
      return text;
    }
  };
}

function pathEvents(watch: Watch, { steady, pause }: Beat, signal: AbortSignal): Next {
  let sent = steady();
  return async () => {
    for (;;) {
      await pause(GATHER_EVERY, signal);
      if (signal.aborted) return undefined;
      const now = steady();
      if (now - sent >= SECOND) {
        sent = now;
        return eventText("paths", await watch.paths(MOST_PATHS));
      }
      await watch.gather();
    }
  };
}

/** What was before a watcher came: he did not ask for more of it. */
function backlogText(exchanges: readonly unknown[]): string {
  return exchanges.length === 0 ? "" : eventText("exchanges", { exchanges, dropped: 0 });
}

type Asked = {
  readonly filter: string;
  readonly count: number;
  readonly view: "exchanges" | "paths";
  readonly secrets: "hidden" | "shown";
};

/** Reads the parameters of which one is a number, with what it is where it is not given. */
function readAsked(
  parameters: URLSearchParams,
  names: readonly string[],
  number: Readonly<Record<string, number>>,
): Asked | { readonly why: string } {
  const unknown = [...parameters.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined) return { why: `There is no parameter ${unknown}. There are: ${names.join(", ")}.` };
  const [name = "", usual = 0] = Object.entries(number)[0] ?? [];
  const count = parameters.get(name) ?? String(usual);
  if (!/^\d{1,5}$/.test(count) || Number(count) > MOST_RECENT) {
    return { why: `${name} "${count}" is no number of exchanges: write a whole number up to ${MOST_RECENT}.` };
  }
  const view = parameters.get("view") ?? "exchanges";
  if (view !== "exchanges" && view !== "paths") return { why: `view "${view}" is none: write exchanges or paths.` };
  const secrets = parameters.get("secrets") ?? "hidden";
  if (secrets !== "hidden" && secrets !== "shown") return { why: `secrets "${secrets}" is neither hidden nor shown.` };
  return { filter: parameters.get("filter") ?? "", count: Number(count), view, secrets };
}

function refused(detail: string): Awaited<ReturnType<Operation>> {
  return { type: "problem", problem: { status: 400, title: "Bad question for exchanges", detail } };
}

const CROWDED = {
  type: "problem",
  problem: {
    status: 503,
    title: "Too many watchers",
    detail: `${MOST_WATCHERS} streams of events are open on this worker already; close one and try again.`,
  },
} as const;
