import type { Database } from "bun:sqlite";
import type { Extent } from "../../caching/purge.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import type { Instant, Milliseconds } from "../../http/date.ts";

/** For so long it is remembered what was invalidated; what was asked for before and comes after that stays out where in doubt. */
const REMEMBERED: Milliseconds = 5 * 60_000;
/** What is forgotten at a time. */
const STEP = 200;

type Row = { readonly id: number; readonly what: string; readonly prefix: string | null; readonly at: Instant };

/**
 * What other processes on the same file have invalidated: what was asked for before that, and is written after it, must stay out
 * (RFC 9111 §4.4). Of its own invalidations a process knows by its fence. All of this is called within transactions.
 */
export class Invalidations {
  readonly #db: Database;
  readonly #epoch: string;
  #seen = 0;
  #noted = 0;
  readonly #at = new Map<string, Instant>();
  #prefixes: readonly { readonly prefix: string; readonly at: Instant }[] = [];
  #forgotten: Instant = -1;

  /** @param epoch of this process */
  constructor(db: Database, epoch: string) {
    this.#db = db;
    this.#epoch = epoch;
  }

  /** Tells all others. */
  note(what: Extent, now: Instant): void {
    const { name, prefix } = written(what);
    this.#db
      .query("INSERT OR REPLACE INTO invalidations (epoch, what, prefix, at) VALUES (?, ?, ?, ?)")
      .run(this.#epoch, name, prefix, now);
    // Where nothing is ever put, nothing would be forgotten.
    if (++this.#noted % (STEP / 2) === 0) this.#forget(now - REMEMBERED);
  }

  /** Learns what others have told since, and forgets what is old. */
  refresh(now: Instant): void {
    const news = this.#db
      .query<Row, [number, string]>(
        "SELECT id, what, prefix, at FROM invalidations WHERE id > ? AND epoch <> ? ORDER BY id",
      )
      .all(this.#seen, this.#epoch);
    for (const { id, what, prefix, at } of news) {
      this.#seen = id;
      if (prefix === null) {
        // At the end, where the latest are.
        this.#at.delete(what);
        this.#at.set(what, at);
      } else this.#prefixes = [...this.#prefixes, { prefix, at }];
    }
    this.#forget(now - REMEMBERED);
  }

  /** Whether it was asked for after all that others have invalidated of it. */
  admits({ key, groups, reading: { requestTime } }: StoredResponse): boolean {
    if (requestTime <= this.#forgotten) return false;
    if (this.#at.size === 0 && this.#prefixes.length === 0) return true;
    const isLater = (what: string): boolean => requestTime > (this.#at.get(hashOf(what)) ?? Number.NEGATIVE_INFINITY);
    return (
      isLater(key) &&
      groups.every(isLater) &&
      this.#prefixes.every(({ prefix, at }) => requestTime > at || !key.startsWith(prefix))
    );
  }

  #forget(before: Instant): void {
    const gone = this.#db
      .query<{ at: Instant; epoch: string }, [Instant]>(
        `DELETE FROM invalidations WHERE id IN (SELECT id FROM invalidations ORDER BY id LIMIT ${STEP}) AND at < ? RETURNING at, epoch`,
      )
      .all(before);
    if (gone.length > 0) {
      const latest = gone.reduce((last, { at }) => Math.max(last, at), -1);
      this.#db.query("UPDATE forgotten SET at = max(at, ?)").run(latest);
    }
    const row = this.#db.query<{ at: Instant }, []>("SELECT at FROM forgotten").get();
    this.#forgotten = row?.at ?? -1;
    for (const [what, at] of this.#at) {
      // In the order in which they were learned, which is that of time but for clocks that step.
      if (at > this.#forgotten) break;
      this.#at.delete(what);
    }
    if (this.#prefixes.length > 0) this.#prefixes = this.#prefixes.filter(({ at }) => at > this.#forgotten);
  }
}

/** How an extent is told: those of a pattern by their prefix, so that a little more is kept out than has to be. */
function written(what: Extent): { readonly name: string; readonly prefix: string | null } {
  switch (what.type) {
    case "key":
      return { name: hashOf(what.key), prefix: null };
    case "group":
      return { name: hashOf(what.group), prefix: null };
    case "prefix":
    case "pattern":
      return { name: `prefix ${what.prefix}`, prefix: what.prefix };
    case "everything":
      return { name: "prefix ", prefix: "" };
  }
}

function hashOf(what: string): string {
  return Bun.hash(what).toString(36);
}
