import type { Instant } from "./date.ts";

/** What an origin says of how often it may be asked. */
export type Quota = {
  /** By which of its rules, where it names them. */
  readonly policy?: string;
  /** Of how many requests, or whatever it counts. */
  readonly limit?: number;
  readonly remaining: number;
  /** When there are as many as ever again. */
  readonly resetsAt?: Instant;
};

/** What is known of the origin's quotas, for whoever watches. */
export type QuotaFigures = {
  /** The quota of which the least is left; absent where none is stated, or it is over. */
  readonly strictest?: Quota;
  /** The origin has refused requests until then; absent where it has not, or that is over. */
  readonly refusedUntil?: Instant;
  /** Requests that waited for a while, so that what is left lasts. */
  readonly delayed: number;
};

/** The share of a quota that is left, from 0 to 1; where nobody said of how many, what is left counts as plenty. */
export function shareLeft({ limit, remaining }: Quota): number {
  if (remaining === 0) return 0;
  return limit === undefined ? 1 : Math.min(1, remaining / limit);
}

/** The quota of which the least is left, by its share and then by its number. */
export function strictestOf(quotas: readonly Quota[]): Quota | undefined {
  const byWhatIsLeft = (a: Quota, b: Quota): number => shareLeft(a) - shareLeft(b) || a.remaining - b.remaining;
  return [...quotas].sort(byWhatIsLeft)[0];
}

/** What several processes know, as one: the strictest of all, and the waits together; undefined where none looks. */
export function joinedFigures(all: readonly (QuotaFigures | undefined)[]): QuotaFigures | undefined {
  const known = all.filter((figures) => figures !== undefined);
  if (known.length === 0) return undefined;
  const strictest = strictestOf(known.flatMap((figures) => figures.strictest ?? []));
  const refusals = known.flatMap(({ refusedUntil }) => refusedUntil ?? []);
  return {
    ...(strictest && { strictest }),
    ...(refusals.length > 0 && { refusedUntil: Math.max(...refusals) }),
    delayed: known.reduce((sum, { delayed }) => sum + delayed, 0),
  };
}
