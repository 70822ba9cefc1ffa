import type { Instant } from "../http/date.ts";
import type { ExchangeRecord, Outcome } from "../observe/record.ts";

/** What was counted of a lane's exchanges, as JSON carries it. */
export type LaneCounts = {
  readonly requests: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** By the class of their status codes: `2xx`. */
  readonly statuses: Readonly<Record<string, number>>;
  /** When the last one came; null where none has. */
  readonly lastAt: Instant | null;
};

const NO_OUTCOMES: Readonly<Record<Outcome, number>> = {
  hit: 0,
  miss: 0,
  stale: 0,
  revalidated: 0,
  bypass: 0,
  error: 0,
};

/** Counts the exchanges of a lane. */
export class Tally {
  #requests = 0;
  readonly #outcomes: Record<Outcome, number> = { ...NO_OUTCOMES };
  /** By their first digits. */
  readonly #statuses = [0, 0, 0, 0, 0, 0];
  #lastAt: Instant | null = null;

  count({ outcome, status, at }: Pick<ExchangeRecord, "outcome" | "status" | "at">): void {
    this.#requests++;
    this.#outcomes[outcome]++;
    const first = Math.floor(status / 100);
    this.#statuses[first] = (this.#statuses[first] ?? 0) + 1;
    this.#lastAt = at;
  }

  counts(): LaneCounts {
    const statuses = this.#statuses.flatMap((count, first) => (count === 0 ? [] : [[`${first}xx`, count] as const]));
    return {
      requests: this.#requests,
      outcomes: { ...this.#outcomes },
      statuses: Object.fromEntries(statuses),
      lastAt: this.#lastAt,
    };
  }
}

/** What several processes counted of one lane. */
export function summed(a: LaneCounts, b: LaneCounts): LaneCounts {
  const add = (own: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>) =>
    Object.entries(other).map(([name, count]) => [name, count + (own[name] ?? 0)] as const);
  return {
    requests: a.requests + b.requests,
    outcomes: { ...a.outcomes, ...Object.fromEntries(add(a.outcomes, b.outcomes)) },
    statuses: { ...a.statuses, ...Object.fromEntries(add(a.statuses, b.statuses)) },
    lastAt: Math.max(a.lastAt ?? 0, b.lastAt ?? 0) || null,
  };
}
