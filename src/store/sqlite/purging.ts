import type { Database } from "bun:sqlite";
import type { Clock } from "../../caching/moment.ts";
import { isClear, type Purge, softened } from "../../caching/purge.ts";
import { reusableUntil, type StoredResponse } from "../../caching/stored.ts";
import { writeHead } from "../portable.ts";
import { type Member, membersOf } from "./extents.ts";
import type { Invalidations } from "./invalidations.ts";
import { Owed } from "./owed.ts";
import type { Reader } from "./reader.ts";
import type { Gone, Rows } from "./rows.ts";

/** What dropping and softening rest on. */
export type PurgingParts = {
  readonly db: Database;
  readonly rows: Rows;
  readonly reader: Reader;
  readonly invalidations: Invalidations;
  readonly clock: Clock;
  /** Does something within a transaction. */
  readonly change: <T>(change: () => T) => Promise<T>;
  /** Lets go of the files of what is gone; how much that was. */
  readonly left: (gone: readonly Gone[]) => number;
};

/** Drops and softens, some rows in one turn of the event loop. What fails to go is not found from then on, and goes later. */
export class Purging {
  readonly #parts: PurgingParts;
  readonly #owed = new Owed();

  constructor(parts: PurgingParts) {
    this.#parts = parts;
  }

  /** How many responses went, or are stale now. */
  async purge(purge: Purge): Promise<number> {
    const now = this.#parts.clock().wall;
    try {
      return await this.#purge(purge);
    } catch (error) {
      this.#owed.note(purge, now);
      throw error;
    }
  }

  get isOwing(): boolean {
    return !this.#owed.isEmpty;
  }

  /** Whether a stored response should have gone. */
  covers(stored: StoredResponse): boolean {
    return this.#owed.covers(stored);
  }

  /** Drops what could not be dropped before. */
  async settle(): Promise<void> {
    if (!this.#owed.isEmpty) await this.#owed.settle((purge) => this.#purge(purge));
  }

  async #purge({ what, how }: Purge): Promise<number> {
    const { db, rows, invalidations, clock, change, left } = this.#parts;
    const note = (): void => invalidations.note(what, clock().wall);
    if (what.type === "key" && how === "hard") {
      // By far the most common, in one step.
      return left(
        await change(() => {
          note();
          return rows.deleteKey(what.key);
        }),
      );
    }
    if (isClear({ what, how })) {
      return change(() => {
        note();
        return rows.clear();
      });
    }
    await change(note);
    let count = 0;
    for (const page of membersOf(db, what)) {
      if (how === "soft") count += await change(() => this.#soften(page));
      else count += left(await change(() => page.flatMap(({ id }) => rows.delete(id) ?? [])));
      await Bun.sleep(0);
    }
    return count;
  }

  /** How many there still were. */
  #soften(page: readonly Member[]): number {
    const { rows, reader, clock } = this.#parts;
    const now = clock();
    let count = 0;
    for (const { id, key } of page) {
      const row = rows.head(id);
      const head = row && reader.head(row, key);
      if (head === undefined) continue;
      const soft = softened(head.stored, now);
      rows.rewrite(id, writeHead(soft, head.body), reusableUntil(soft.reading));
      count++;
    }
    return count;
  }
}
