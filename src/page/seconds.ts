import type { Outcome } from "../observe/record.ts";
import { OUTCOMES } from "./stats.ts";

/** What happened within one second. */
export type Second = {
  /** Its beginning, in ms since the epoch. */
  readonly at: number;
  readonly requests: Readonly<Record<Outcome, number>>;
  readonly bytesSaved: number;
  /** Means of the origin's and the cache's answers; absent where there was none. */
  readonly originMs?: number;
  readonly cacheMs?: number;
};

/** As many as the proxy keeps: ten minutes. */
export const MOST_SECONDS = 600;
/** So far back they are asked for once more: a worker may tell of a second after another one did. */
const UNSURE_MS = 3000;

/** The last ten minutes as the proxy tells of them, and what it told before it was started anew. */
export class Seconds {
  #seconds: readonly Second[] = [];

  get all(): readonly Second[] {
    return this.#seconds;
  }

  /** From when on they are to be asked for. */
  get since(): number {
    return Math.max(0, (this.#seconds.at(-1)?.at ?? 0) - UNSURE_MS);
  }

  /** @param seconds all from {@link since} on, oldest first */
  add(seconds: readonly Second[]): void {
    const [first] = seconds;
    if (first === undefined) return;
    this.#seconds = [...this.#seconds.filter(({ at }) => at < first.at), ...seconds].slice(-MOST_SECONDS);
  }
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
