import type { Database } from "bun:sqlite";
import type { CacheKey } from "../../caching/key.ts";
import { together } from "../../http/together.ts";
import { isBusy } from "./patience.ts";
import type { Row, Rows } from "./rows.ts";

/** Runs what may find the file in use, and rejects with what it throws. */
type Attempt = <T>(run: () => T) => Promise<T>;

/** Looks up in one transaction what is asked for within a turn of the event loop, which takes less than half of what it does one by one. */
export class Looks {
  readonly #rows: Pick<Rows, "find">;
  readonly #attempt: Attempt;
  readonly #findAll: (keys: readonly CacheKey[]) => readonly (readonly Row[])[];
  #keys: CacheKey[] = [];
  #found: Promise<readonly (readonly Row[])[]> | undefined;

  constructor(db: Database, rows: Pick<Rows, "find">, attempt: Attempt) {
    this.#rows = rows;
    this.#attempt = attempt;
    this.#findAll = db.transaction((keys: readonly CacheKey[]) => keys.map((key) => rows.find(key)));
  }

  /** What lies under a key, most recently put first. */
  async find(key: CacheKey): Promise<readonly Row[]> {
    const place = this.#keys.push(key) - 1;
    this.#found ??= this.#findTogether();
    try {
      return (await this.#found)[place] ?? [];
    } catch (error) {
      // It has waited already; else only one of them may lie where the file is damaged.
      if (isBusy(error)) throw error;
      return this.#attempt(() => this.#rows.find(key));
    }
  }

  async #findTogether(): Promise<readonly (readonly Row[])[]> {
    await together();
    const keys = this.#keys;
    this.#keys = [];
    this.#found = undefined;
    return this.#attempt(() => this.#findAll(keys));
  }
}
