import type { Instant } from "../http/date.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import { type Reason, reasonOf } from "./explain-storable.ts";
import { parameterName, sortedQuery } from "./key.ts";

/** What is known of an exchange that is over: what the observer shows of it. */
export type PastExchange = {
  readonly at: Instant;
  /** Path and query as the client asked. */
  readonly path: string;
  readonly publicOrigin: string;
  /** RFC 9211's word for why the origin was asked. */
  readonly fwd?: string;
  /** `fwd` and `detail` of Cache-Status. */
  readonly why?: string;
  /** The freshness that was left. */
  readonly ttl?: Seconds;
  readonly stored?: boolean;
};

/** What the last exchanges of a path tell. */
export type ExplainedMisses = {
  /** How many there were, and how many of them had nothing stored. */
  readonly seen: number;
  readonly misses: number;
  /** Why the last answer was not stored; absent where it was. */
  readonly notStored?: Reason & { readonly reason: string; readonly at: Instant; readonly times: number };
  /** Which parameters keep requests apart that one answer would have done for, if it is the same for all of them. */
  readonly ignorable?: Ignorable;
};

/** Parameters without which so many of the misses would have found something fresh. */
export type Ignorable = { readonly names: readonly string[]; readonly turned: number; readonly of: number };

/** More are no longer a slip of somebody's, but what the URL means. */
const MOST_NAMES = 3;
/** A parameter that adds less than this is likelier one that the answer depends on. */
const WORTH_ANOTHER = 1.5;

/**
 * Reads the last exchanges of one path.
 * @param past in any order
 * @param search of the URL that is asked about: what was said of that itself counts before what was said of others
 * @param mattering parameters that are known to make a difference
 */
export function explainMisses(
  past: readonly PastExchange[],
  search: string,
  mattering: ReadonlySet<string>,
): ExplainedMisses {
  // Of other methods nothing is stored by any rule.
  const inOrder = past.filter(({ fwd }) => fwd !== "method").sort((a, b) => a.at - b.at);
  const notStored = notStoredOf(inOrder, search);
  const ignorable = ignorableOf(inOrder, mattering);
  return {
    seen: inOrder.length,
    misses: inOrder.filter(isMiss).length,
    ...(notStored === undefined ? {} : { notStored }),
    ...(ignorable === undefined ? {} : { ignorable }),
  };
}

function notStoredOf(past: readonly PastExchange[], search: string): ExplainedMisses["notStored"] {
  const asked = sortedQuery(search);
  const own = past.filter(({ path }) => sortedQuery(searchOf(path)) === asked);
  const last = (own.length > 0 ? own : past).findLast(({ fwd }) => fwd !== undefined);
  if (last === undefined || last.stored !== false) return undefined;
  const reason = wordOf(last);
  const meaning = reason === undefined ? undefined : reasonOf(reason);
  if (reason === undefined || meaning === undefined) return undefined;
  const times = past.filter((one) => one.stored === false && wordOf(one) === reason).length;
  return { reason, ...meaning, at: last.at, times };
}

/** What `detail` said, without what `fwd` did. */
function wordOf({ why, fwd }: PastExchange): string | undefined {
  return why === undefined || fwd === undefined || !why.startsWith(`${fwd}, `) ? why : why.slice(fwd.length + 2);
}

/** The name that helps most, or those whose values never repeat together, and then whatever further one is worth it. */
function ignorableOf(past: readonly PastExchange[], mattering: ReadonlySet<string>): Ignorable | undefined {
  const misses = past.filter(isMiss);
  const values = valuesOf(misses);
  const names = [...values.keys()].filter((name) => !mattering.has(name));
  const unrepeated = names.filter((name) => values.get(name)?.repeated === false);
  const before = turned(past, []);
  const tried = (some: readonly string[]): Ignorable => ({
    ...{ names: some, turned: turned(past, some) - before, of: misses.length },
  });
  const first = [...names.map((name) => [name]), unrepeated.slice(0, MOST_NAMES)].map(tried);
  let best = first.reduce((one, other) => (other.turned > one.turned ? other : one), tried([]));
  while (best.turned > 0 && best.names.length < MOST_NAMES) {
    const { names: taken, turned: reached } = best;
    const further = names.filter((name) => !taken.includes(name)).map((name) => tried([...taken, name]));
    const better = further.find((one) => one.turned > reached * WORTH_ANOTHER);
    if (better === undefined) break;
    best = better;
  }
  return best.turned === 0 ? undefined : best;
}

/** The parameters of requests, and whether any value of one came twice. */
function valuesOf(misses: readonly PastExchange[]): ReadonlyMap<string, { readonly repeated: boolean }> {
  const values = new Map<string, { readonly seen: Set<string>; repeated: boolean }>();
  for (const parameter of misses.flatMap(({ path }) => parametersOf(path))) {
    const name = parameterName(parameter);
    const known = values.get(name) ?? { seen: new Set(), repeated: false };
    known.repeated ||= known.seen.has(parameter);
    known.seen.add(parameter);
    values.set(name, known);
  }
  return values;
}

/** How many misses came while an answer was fresh to a URL that is the same but for these parameters. */
function turned(past: readonly PastExchange[], names: readonly string[]): number {
  const freshUntil = new Map<string, Instant>();
  let count = 0;
  for (const one of past) {
    const key = `${one.publicOrigin} ${sortedQuery(without(one.path, names))}`;
    if (isMiss(one) && (freshUntil.get(key) ?? 0) > one.at) count++;
    else if (one.ttl !== undefined && one.stored !== false) freshUntil.set(key, one.at + one.ttl * 1000);
  }
  return count;
}

function isMiss({ fwd }: PastExchange): boolean {
  return fwd === "uri-miss";
}

function without(path: string, names: readonly string[]): string {
  const kept = parametersOf(path).filter((parameter) => !names.includes(parameterName(parameter)));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

function parametersOf(path: string): readonly string[] {
  const search = searchOf(path);
  return search === "" ? [] : search.slice(1).split("&");
}

function searchOf(path: string): string {
  const question = path.indexOf("?");
  return question < 0 ? "" : path.slice(question);
}
