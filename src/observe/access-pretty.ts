import type { CacheStatus } from "../http/cache-status.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Mask } from "../http/masked.ts";
import { remembered, rememberedWith } from "../http/remembered.ts";
import { explained } from "./access-reasons.ts";
import { eachSecond, visible } from "./access-text.ts";
import type { ExchangeRecord, Outcome } from "./record.ts";
import { factsOf, rounded, type ShownExchange, whyOf } from "./shown-exchange.ts";

/** Whether a terminal's colours may be used. */
export type Colour = "colour" | "plain";

/** What a line for a person is made of. */
export type PrettyExchange = Omit<Line, "bytes" | "state"> & Described & { readonly bytes?: number };

type Line = Pick<ExchangeRecord, "at" | "method" | "status" | "outcome" | "durationMs" | "bytes" | "lane"> & {
  readonly path: string;
  readonly state: State;
};

/** Makes lines of the access log for a person. */
export function prettyLines(colour: Colour, mask: Mask): (record: ExchangeRecord) => string {
  const pathOf = rememberedWith((url: URL) => mask(url.pathname + url.search));
  return (record) => {
    const { at, method, url, status, outcome, durationMs, bytes, cacheStatus, lane } = record;
    const state = cacheStatus === undefined ? NOTHING : stateOf(outcome, cacheStatus);
    return lineOf({ at, method, path: pathOf(url), status, outcome, durationMs, bytes, lane, state }, colour);
  };
}

/**
 * An exchange for a person: `12:04:01 GET 200 HIT /users?page=2 1ms 4.1kB fresh 48s`, and under it why it was none. In columns on a
 * terminal, with single spaces elsewhere.
 */
export function prettyLine(exchange: PrettyExchange, colour: Colour): string {
  const { at, method, path, status, outcome, durationMs, bytes, lane } = exchange;
  const state = described(outcome, exchange);
  return lineOf({ at, method, path, status, outcome, durationMs, bytes, lane, state }, colour);
}

function lineOf({ at, method, path, status, outcome, durationMs, bytes, lane, state }: Line, colour: Colour): string {
  const isColoured = colour === "colour";
  const verb = visible(isColoured ? method.padEnd(4) : method);
  const size = bytes === undefined || !Number.isFinite(bytes) ? "" : ` ${shortBytes(bytes)}`;
  const label = isColoured ? COLOURED[outcome] : PLAIN[outcome];
  const inLane = lane === undefined ? "" : ` in lane ${visible(lane)}`;
  const line = `${timeOf(at)} ${verb} ${status} ${label} ${visible(path)} ${shortMs(durationMs)}${size}${state.text}${inLane}\n`;
  if (state.reason === undefined) return line;
  return isColoured ? `${line}${INDENT}\x1b[2m${state.reason}\x1b[22m\n` : `${line}${INDENT}${state.reason}\n`;
}

/** As wide as the time and the space behind it. */
const INDENT = " ".repeat(9);

const timeOf = eachSecond((at: Instant) => new Date(at).toTimeString().slice(0, 8));

const PLAIN = {
  hit: "HIT",
  stale: "STALE",
  revalidated: "REVALIDATED",
  miss: "MISS",
  bypass: "BYPASS",
  error: "ERROR",
} as const satisfies Record<Outcome, string>;

const COLOURED: Readonly<Record<Outcome, string>> = {
  hit: painted(32, PLAIN.hit),
  stale: painted(33, PLAIN.stale),
  revalidated: painted(36, PLAIN.revalidated),
  miss: painted(35, PLAIN.miss),
  bypass: painted(34, PLAIN.bypass),
  error: painted(31, PLAIN.error),
};

/** In a column as wide as the usual words, which "REVALIDATED" may leave. */
function painted(sequence: number, word: string): string {
  return `\x1b[${sequence}m${word}\x1b[39m${" ".repeat(Math.max(0, PLAIN.bypass.length - word.length))}`;
}

/** What a decision says in a line: how long it lasts, where it lay, whose request brought it; and why it was no hit. */
type State = { readonly text: string; readonly reason: string | undefined };
type Described = Pick<ShownExchange, "why" | "ttl" | "stored" | "collapsed" | "tier">;

const NOTHING: State = { text: "", reason: undefined };

function stateOf(outcome: Outcome, cacheStatus: CacheStatus): State {
  if (cacheStatus.type === "hit" && (cacheStatus.tier === undefined || cacheStatus.tier === "memory")) {
    const { ttl = 0, detail } = cacheStatus;
    return detail === undefined ? hitFor(ttl) : guessedHitFor(ttl);
  }
  const why = whyOf(cacheStatus);
  return described(outcome, { ...factsOf(cacheStatus), ...(why !== undefined && { why }) });
}

/** Of how many seconds the printed text is remembered. */
const LIFETIMES = 1000;

/** A hit's detail is that its lifetime is a guess, if it has one. */
const hitFor = remembered(LIFETIMES, (ttl: Seconds): State => described("hit", { ttl }));
const guessedHitFor = remembered(LIFETIMES, (ttl: Seconds) => described("hit", { ttl, why: "heuristic" }));

function described(outcome: Outcome, { ttl, stored, collapsed, tier, why }: Described): State {
  const kept = outcome === "miss" && stored === false ? " not stored" : "";
  const guessed = why !== undefined && GUESSED.test(why) ? ", guessed" : "";
  const fresh = ttl === undefined ? "" : ttl < 0 ? ` stale ${shortAge(-ttl)}` : ` fresh ${shortAge(ttl)}${guessed}`;
  const from = tier === undefined || tier === "memory" ? "" : ` from ${visible(tier)}`;
  const text = `${kept}${fresh}${from}${collapsed === undefined ? "" : " collapsed"}`;
  return { text, reason: reasonOf(outcome, why) };
}

const GUESSED = /(?:^|, )heuristic$/;

/** What a person asks who sees that it was no hit; that a lifetime is a guess stands on the line itself. */
function reasonOf(outcome: Outcome, why: string | undefined): string | undefined {
  if (why === undefined || outcome === "hit" || outcome === "revalidated") return undefined;
  const words = why.replace(GUESSED, "");
  return words === "" ? undefined : explained(visible(words));
}

function shortMs(exact: Milliseconds): string {
  // As watchers are told it, whose lines are to be the same.
  const ms = rounded(exact);
  if (ms < 9.95) return `${tenths(ms)}ms`;
  return ms < 9999.5 ? `${Math.round(ms)}ms` : `${tenths(ms / 1000)}s`;
}

function shortBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}B`;
  if (bytes < 999_950) return `${tenths(bytes / 1000)}kB`;
  return bytes < 999_950_000 ? `${tenths(bytes / 1_000_000)}MB` : `${tenths(bytes / 1_000_000_000)}GB`;
}

/** With one decimal, or none where that is zero; made of whole numbers, since a fraction takes the longest to print. */
function tenths(count: number): string {
  const rounded = Math.round(count * 10);
  return rounded % 10 === 0 ? `${rounded / 10}` : `${Math.floor(rounded / 10)}.${rounded % 10}`;
}

/** The largest unit that tells it well enough. */
function shortAge(seconds: Seconds): string {
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}
