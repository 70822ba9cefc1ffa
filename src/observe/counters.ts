import { type CacheStatus, xCache } from "../http/cache-status.ts";
import type { Milliseconds } from "../http/date.ts";
import { TIME_BUCKETS, timeBucket } from "./buckets.ts";
import { Histogram, type Tallies } from "./histogram.ts";
import type { Tally } from "./history.ts";
import {
  FAILURES,
  FORWARD_REASONS,
  METHODS,
  NOT_STORED,
  OUTCOMES,
  placesIn,
  STATUS_CLASSES,
  TIERS,
  UNSENT,
} from "./labels.ts";
import type { ExchangeRecord, Outcome } from "./record.ts";

/** Rows of numbers, each in the order of its words in labels.ts. */
type Rows = {
  /** Content whose length was known when it started, by outcome. */
  readonly bytes: readonly number[];
  /** Answers by method, and within it by class of status. */
  readonly answers: readonly number[];
  /** How long answers took, by outcome, and within it by bucket. */
  readonly times: readonly number[];
  /** The same, added up by outcome, in milliseconds. */
  readonly timeMs: readonly number[];
  /** Answers from what is stored, by the tier where it lay. */
  readonly hits: readonly number[];
  /** How long the origin took, by bucket. */
  readonly originTimes: readonly number[];
  /** Requests that went to the origin, by the reason. */
  readonly forwards: readonly number[];
  /** Answers of the origin that were not stored, by the reason. */
  readonly notStored: readonly number[];
  /** Requests that the origin did not answer, or not so that it could be used, by the cause. */
  readonly failures: readonly number[];
};

/** What one process has counted, as JSON carries it: several of these add up. */
export type Counted = Rows & {
  readonly requests: Readonly<Record<Outcome, number>>;
  readonly bytesSaved: number;
  /** In microseconds. */
  readonly origin: Tallies;
  /** How long the origin took, added up. */
  readonly originMs: Milliseconds;
  /** Requests that another one's brought the answer for. */
  readonly collapsed: number;
  /** Stale responses that stood in for an answer of the origin's, which was asked in vain. */
  readonly standIns: number;
};

/** Adds up exchange records. A hit costs it some additions in flat arrays and no look-up of words. */
export class Counters {
  readonly #requests = new Float64Array(OUTCOMES.length);
  readonly #bytes = new Float64Array(OUTCOMES.length);
  readonly #answers = new Float64Array(METHODS.length * STATUS_CLASSES.length);
  readonly #times = new Float64Array(OUTCOMES.length * TIME_BUCKETS);
  readonly #timeMs = new Float64Array(OUTCOMES.length);
  readonly #hits = new Float64Array(TIERS.length);
  readonly #originTimes = new Float64Array(TIME_BUCKETS);
  readonly #forwards = new Float64Array(FORWARD_REASONS.length);
  readonly #notStored = new Float64Array(NOT_STORED.length);
  readonly #failures = new Float64Array(FAILURES.length);
  readonly #origin = new Histogram();
  #originMs = 0;
  #collapsed = 0;
  #standIns = 0;

  count({ outcome, method, status, durationMs, originMs, bytes, cacheStatus }: ExchangeRecord): void {
    const place = PLACE_OF[outcome];
    add(this.#requests, place, 1);
    add(this.#answers, methodPlace(method) * STATUS_CLASSES.length + classPlace(status), 1);
    add(this.#times, place * TIME_BUCKETS + timeBucket(durationMs), 1);
    add(this.#timeMs, place, durationMs);
    // A number: an origin's Content-Length may be none.
    if (bytes !== undefined && bytes > 0) add(this.#bytes, place, bytes);
    if (originMs !== undefined) this.#countOrigin(originMs);
    if (cacheStatus === undefined) return;
    if (cacheStatus.type === "hit")
      add(this.#hits, cacheStatus.tier === "memory" ? 0 : tierPlace(cacheStatus.tier ?? ""), 1);
    else this.#countReasons(cacheStatus);
  }

  /** What a second's numbers are differences of; without all that takes long to copy. */
  tally(): Tally {
    const msOf = (outcome: Outcome): Milliseconds => this.#timeMs[PLACE_OF[outcome]] ?? 0;
    return {
      ...{ requests: recordOfOutcomes(this.#requests), bytesSaved: savedIn(this.#bytes) },
      ...{ originCount: this.#origin.count, originMs: this.#originMs, cacheMs: msOf("hit") + msOf("stale") },
    };
  }

  counted(): Counted {
    const requests = recordOfOutcomes(this.#requests);
    const bytes = [...this.#bytes];
    return {
      requests,
      bytesSaved: savedIn(bytes),
      bytes,
      answers: [...this.#answers],
      times: [...this.#times],
      timeMs: [...this.#timeMs],
      hits: [...this.#hits],
      originTimes: [...this.#originTimes],
      forwards: [...this.#forwards],
      notStored: [...this.#notStored],
      failures: [...this.#failures],
      origin: this.#origin.tallies(),
      originMs: this.#originMs,
      collapsed: this.#collapsed,
      standIns: this.#standIns,
    };
  }

  #countOrigin(ms: Milliseconds): void {
    this.#origin.record(Math.max(1, Math.round(ms * 1000)));
    add(this.#originTimes, timeBucket(ms), 1);
    this.#originMs += ms;
  }

  #countReasons(of: Exclude<CacheStatus, { type: "hit" }>): void {
    switch (of.type) {
      case "collapsed":
        this.#collapsed++;
        return;
      case "none":
        if (xCache(of) !== "BYPASS") add(this.#failures, failurePlace(of.detail), 1);
        return;
      case "stale-on-error":
        add(this.#failures, failurePlace(of.detail), 1);
        if (isUnasked(of)) return;
        this.#standIns++;
        break;
      case "forward":
        if (of.status === undefined) {
          add(this.#failures, failurePlace(of.detail ?? ""), 1);
          if (isUnasked(of)) return;
        } else if (!of.stored) add(this.#notStored, notStoredPlace(of.detail ?? of.fwd), 1);
    }
    if (of.collapsed) this.#collapsed++;
    else add(this.#forwards, forwardPlace(of.fwd), 1);
  }
}

/** What several processes have counted, as if one had. */
export function added(all: readonly Counted[]): Counted {
  const rows = (of: keyof Rows): readonly number[] =>
    all.reduce<readonly number[]>((sum, { [of]: row }) => row.map((count, i) => count + (sum[i] ?? 0)), NOTHING[of]);
  const number = (of: (counted: Counted) => number): number => all.reduce((sum, counted) => sum + of(counted), 0);
  const origin = new Histogram();
  for (const counted of all) origin.merge(counted.origin);
  return {
    requests: recordOfOutcomes(OUTCOMES.map((outcome) => number(({ requests }) => requests[outcome]))),
    bytesSaved: number(({ bytesSaved }) => bytesSaved),
    bytes: rows("bytes"),
    answers: rows("answers"),
    times: rows("times"),
    timeMs: rows("timeMs"),
    hits: rows("hits"),
    originTimes: rows("originTimes"),
    forwards: rows("forwards"),
    notStored: rows("notStored"),
    failures: rows("failures"),
    origin: origin.tallies(),
    originMs: number(({ originMs }) => originMs),
    collapsed: number(({ collapsed }) => collapsed),
    standIns: number(({ standIns }) => standIns),
  };
}

/** Content that came from the cache. */
function savedIn(bytes: ArrayLike<number>): number {
  return FROM_CACHE.reduce((sum, outcome) => sum + (bytes[PLACE_OF[outcome]] ?? 0), 0);
}

/** Whether the request went nowhere: the origin or its quota was spared, or it is never asked. */
function isUnasked({ status, detail }: { readonly status?: number; readonly detail?: string }): boolean {
  return status === undefined && detail !== undefined && UNSENT.includes(detail);
}

function recordOfOutcomes(counts: ArrayLike<number>): Readonly<Record<Outcome, number>> {
  const of = (outcome: Outcome): number => counts[PLACE_OF[outcome]] ?? 0;
  return {
    hit: of("hit"),
    miss: of("miss"),
    stale: of("stale"),
    revalidated: of("revalidated"),
    bypass: of("bypass"),
    error: of("error"),
  };
}

function add(row: Float64Array, place: number, much: number): void {
  row[place] = (row[place] ?? 0) + much;
}

function methodPlace(method: string): number {
  return method === "GET" ? 0 : otherMethodPlace(method);
}

function classPlace(status: number): number {
  return Math.min(Math.max(Math.trunc(status / 100), 1), STATUS_CLASSES.length) - 1;
}

const PLACE_OF = { hit: 0, miss: 1, stale: 2, revalidated: 3, bypass: 4, error: 5 } as const satisfies Record<
  Outcome,
  number
>;
const otherMethodPlace = placesIn(METHODS);
const tierPlace = placesIn(TIERS);
const forwardPlace = placesIn(FORWARD_REASONS);
const notStoredPlace = placesIn(NOT_STORED);
const failurePlace = placesIn(FAILURES);

/** Outcomes whose content came from the cache. */
const FROM_CACHE = ["hit", "stale", "revalidated"] as const satisfies readonly Outcome[];

const NOTHING = new Counters().counted();
