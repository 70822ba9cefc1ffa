import type { Database } from "bun:sqlite";
import type { Instant } from "../../http/date.ts";
import type { Gone, Rows } from "./rows.ts";

/** What goes in one turn of the event loop at most. */
const STEP = 64;
/** Free pages that are kept for what comes, as a share of all; those beyond go back to the system, some at a time. */
const SPARE_SHARE = 1 / 8;
const LEAST_SPARE = 4096;
const VACUUMED = 128;

/** Keeps the rows within a bound of bytes: what has expired goes first, then what was used least recently. */
export class Room {
  readonly maxBytes: number;
  readonly #db: Database;
  readonly #rows: Rows;
  #evictions = 0;
  #expired = 0;

  constructor(db: Database, rows: Rows, maxBytes: number) {
    this.#db = db;
    this.#rows = rows;
    this.maxBytes = maxBytes;
  }

  get evictions(): number {
    return this.#evictions;
  }

  get expired(): number {
    return this.#expired;
  }

  get isShort(): boolean {
    return this.#rows.totals().bytes > this.maxBytes;
  }

  /** Drops some of what has to go, within a transaction. */
  make(now: Instant): readonly Gone[] {
    let excess = this.#rows.totals().bytes - this.maxBytes;
    const gone: Gone[] = [];
    const drop = (id: number): boolean => {
      if (excess <= 0) return false;
      const row = this.#rows.delete(id);
      if (row === undefined) return false;
      excess -= row.bytes;
      gone.push(row);
      return true;
    };
    if (excess > 0) for (const id of this.#rows.expired(now, STEP)) if (drop(id)) this.#expired++;
    if (excess > 0) for (const id of this.#rows.leastUsed(STEP - gone.length)) if (drop(id)) this.#evictions++;
    return gone;
  }

  /** Whether there are more free pages than are of use. */
  get isWasteful(): boolean {
    return this.#pages("freelist_count") > Math.max(LEAST_SPARE, this.#pages("page_count") * SPARE_SHARE);
  }

  /** Gives some free pages back to the system. */
  shrink(): void {
    if (this.isWasteful) this.#db.query(`PRAGMA incremental_vacuum(${VACUUMED})`).all();
  }

  #pages(name: "page_count" | "freelist_count"): number {
    return this.#db.query<Record<string, number>, []>(`PRAGMA ${name}`).get()?.[name] ?? 0;
  }
}
