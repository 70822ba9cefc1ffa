import type { Milliseconds } from "../http/date.ts";
import type { ShownRecord } from "./shown-exchange.ts";

/** What exchanges of one method and path, whatever its query, add up to. */
export type PathTotal = {
  readonly method: string;
  readonly path: string;
  readonly requests: number;
  /** Those that the origin was asked for. */
  readonly misses: number;
  readonly errors: number;
  /** Of content, as far as its length was known. */
  readonly bytes: number;
  readonly totalMs: Milliseconds;
  readonly maxMs: Milliseconds;
};

/** Adds up exchanges by method and path. */
export class PathTotals {
  readonly #totals = new Map<string, { -readonly [Name in keyof PathTotal]: PathTotal[Name] }>();

  /** How many methods and paths there are. */
  get size(): number {
    return this.#totals.size;
  }

  add({ method, url, outcome, bytes, durationMs }: ShownRecord): void {
    this.merge({
      ...{ method, path: url.pathname, requests: 1, bytes: bytes ?? 0, totalMs: durationMs, maxMs: durationMs },
      misses: outcome === "miss" ? 1 : 0,
      errors: outcome === "error" ? 1 : 0,
    });
  }

  /** Adds what was added up elsewhere. */
  merge(other: PathTotal): void {
    const name = `${other.method} ${other.path}`;
    const known = this.#totals.get(name);
    if (known === undefined) {
      this.#totals.set(name, { ...other });
      return;
    }
    known.requests += other.requests;
    known.misses += other.misses;
    known.errors += other.errors;
    known.bytes += other.bytes;
    known.totalMs += other.totalMs;
    known.maxMs = Math.max(known.maxMs, other.maxMs);
  }

  /** All of them, the most requested first. */
  list(): readonly PathTotal[] {
    return [...this.#totals.values()].sort((a, b) => b.requests - a.requests || b.totalMs - a.totalMs);
  }
}
