import type { Outcome } from "../observe/record.ts";
import type { ShownExchange } from "../observe/shown-exchange.ts";
import { OUTCOMES, type Stats } from "./stats.ts";

/** What happened within one second. */
export type Second = {
  /** Its beginning, in ms since the epoch. */
  readonly at: number;
  readonly requests: Readonly<Record<Outcome, number>>;
  readonly bytesSaved: number;
  /** Means of the origin's and the cache's answers; absent where there was none. */
  readonly originMs?: number | null;
  readonly cacheMs?: number | null;
};

/** As many as the proxy keeps: ten minutes. */
export const MOST_SECONDS = 600;
/** Statistics come each second; what is further apart says nothing of one. */
const WIDEST_MS = 2500;

/** The last ten minutes: what the proxy remembers of them, and then what each of its statistics adds. */
export class Seconds {
  #seconds: readonly Second[] = [];
  #before: { readonly stats: Stats; readonly at: number } | undefined;
  #origin = new Mean();
  #cache = new Mean();

  get all(): readonly Second[] {
    return this.#seconds;
  }

  /** Takes what the proxy remembers, up to where what was seen here goes further. */
  remember(seconds: readonly Second[]): void {
    const last = seconds.at(-1)?.at ?? 0;
    const earliest = seconds[0]?.at ?? 0;
    const before = this.#seconds.filter(({ at }) => at < earliest);
    const after = this.#seconds.filter(({ at }) => at > last);
    this.#seconds = [...before, ...seconds, ...after].slice(-MOST_SECONDS);
  }

  /** Notes how long exchanges took, for the second that goes on. */
  saw(exchanges: readonly ShownExchange[]): void {
    for (const { outcome, originMs, durationMs } of exchanges) {
      if (originMs !== undefined) this.#origin.add(originMs);
      if (outcome === "hit" || outcome === "stale") this.#cache.add(durationMs);
    }
  }

  /** What was noted before belongs to no second that is told of. */
  startOver(): void {
    this.#before = undefined;
    this.#origin = new Mean();
    this.#cache = new Mean();
  }

  /** @param at when they came, in ms since the epoch */
  add(stats: Stats, at: number): void {
    const before = this.#before;
    this.#before = { stats, at };
    const [originMs, cacheMs] = [this.#origin.take(), this.#cache.take()];
    if (before === undefined || at - before.at > WIDEST_MS) return;
    const requests = difference(stats, before.stats);
    const bytesSaved = stats.bytesSaved - before.stats.bytesSaved;
    // A proxy that was started anew, or a worker.
    if (bytesSaved < 0 || OUTCOMES.some((outcome) => requests[outcome] < 0)) return;
    const last = this.#seconds.at(-1)?.at ?? 0;
    const second = Math.max(Math.floor(at / 1000) * 1000 - 1000, last + 1);
    this.#seconds = [...this.#seconds, { at: second, requests, bytesSaved, originMs, cacheMs }].slice(-MOST_SECONDS);
  }
}

/** The mean of what comes in, until it is taken. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  take(): number | null {
    const mean = this.#count === 0 ? null : this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    return mean;
  }
}

function difference({ requests: now }: Stats, { requests: before }: Stats): Record<Outcome, number> {
  const of = (outcome: Outcome): number => now[outcome] - before[outcome];
  return {
    hit: of("hit"),
    revalidated: of("revalidated"),
    stale: of("stale"),
    miss: of("miss"),
    bypass: of("bypass"),
    error: of("error"),
  };
}

/** What some seconds add up to. */
export type Span = {
  readonly requests: number;
  /** Answered without the origin. */
  readonly served: number;
  /** Content that came from the cache. */
  readonly bytesSaved: number;
  /** What those who were served would have waited longer for the origin. */
  readonly msSaved: number;
};

/** @param usualMs how long the origin takes where a second does not say */
export function summedUp(seconds: readonly Second[], usualMs: number): Span {
  let [requests, served, bytesSaved, msSaved] = [0, 0, 0, 0];
  for (const second of seconds) {
    const { hit, stale } = second.requests;
    served += hit + stale;
    bytesSaved += second.bytesSaved;
    msSaved += (hit + stale) * Math.max(0, (second.originMs ?? usualMs) - (second.cacheMs ?? 0));
    for (const outcome of OUTCOMES) requests += second.requests[outcome];
  }
  return { requests, served, bytesSaved, msSaved };
}

/** The last seconds, counted back from the newest. */
export function lastOf(seconds: readonly Second[], count: number): readonly Second[] {
  const from = (seconds.at(-1)?.at ?? 0) - count * 1000;
  return seconds.filter(({ at }) => at > from);
}

/**
 * Sums of equal stretches of time up to the newest second, oldest first.
 * @param width of a stretch, in seconds
 */
export function stretches(seconds: readonly Second[], width: number, usualMs: number): readonly Span[] {
  const newest = seconds.at(-1)?.at;
  if (newest === undefined) return [];
  const bins: Second[][] = Array.from({ length: Math.ceil(MOST_SECONDS / width) }, () => []);
  for (const second of seconds) {
    const back = Math.floor((newest - second.at) / (width * 1000));
    bins[bins.length - 1 - back]?.push(second);
  }
  return bins.map((bin) => summedUp(bin, usualMs));
}
