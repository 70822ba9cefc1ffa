import type { Database } from "bun:sqlite";
import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import type { Instant } from "../../http/date.ts";

/** A stored response as it is found. */
export type Row = {
  readonly id: number;
  readonly epoch: string;
  readonly sentAt: number;
  readonly used: Instant;
  readonly bytes: number;
  readonly size: number;
  readonly hash: string;
  /** The file of the body, where that does not lie in the row. */
  readonly file: string | null;
  readonly head: string;
  readonly body: Uint8Array<ArrayBuffer> | null;
};

/** One that is to be put. */
export type NewRow = Omit<Row, "id"> & {
  readonly key: CacheKey;
  readonly groups: readonly Group[];
  readonly until: Instant;
};

/** What all rows add up to. */
export type Totals = { readonly entries: number; readonly bytes: number };

/** A row that goes, with what it leaves behind. */
export type Gone = { readonly file: string | null; readonly bytes: number };

/** Up to which id entries are none any more. */
export const CLEARED = "(SELECT cleared FROM totals)";

/** Put together once: each look asks for it. */
const FIND = `
  SELECT id, epoch, sent_at AS sentAt, used, bytes, size, hash, file, head, body
  FROM entries JOIN contents USING (id) WHERE key = ? AND id > ${CLEARED} ORDER BY id DESC`;

/** The rows of a file and what is asked of them. Whoever changes several does so within a transaction. */
export class Rows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** What lies under a key, most recently put first. */
  find(key: CacheKey): readonly Row[] {
    return this.#db.query<Row, [CacheKey]>(FIND).all(key);
  }

  put(row: NewRow): void {
    const { lastInsertRowid: id } = this.#db
      .query(
        `INSERT INTO entries (key, epoch, sent_at, until, used, bytes, size, hash, file) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(row.key, row.epoch, row.sentAt, row.until, row.used, row.bytes, row.size, row.hash, row.file);
    this.#db.query("INSERT INTO contents (id, head, body) VALUES (?, ?, ?)").run(id, row.head, row.body);
    for (const group of row.groups) this.#db.query("INSERT INTO groups (name, entry) VALUES (?, ?)").run(group, id);
  }

  /** The header section of a row; undefined where it is gone. */
  head(id: number): Pick<Row, "head" | "size" | "hash"> | undefined {
    const query = "SELECT head, size, hash FROM entries JOIN contents USING (id) WHERE id = ?";
    return this.#db.query<Pick<Row, "head" | "size" | "hash">, [number]>(query).get(id) ?? undefined;
  }

  /** Another header section for what stays where it is. */
  rewrite(id: number, head: string, until: Instant): void {
    this.#db.query("UPDATE contents SET head = ? WHERE id = ?").run(head, id);
    this.#db.query("UPDATE entries SET until = ? WHERE id = ?").run(until, id);
  }

  /** Undefined where it is gone already. What was cleared counts for nothing. */
  delete(id: number): Gone | undefined {
    return (
      this.#db
        .query<Gone, [number]>(
          `DELETE FROM entries WHERE id = ? RETURNING file, iif(id > ${CLEARED}, bytes, 0) AS bytes`,
        )
        .get(id) ?? undefined
    );
  }

  deleteKey(key: CacheKey): readonly Gone[] {
    return this.#db
      .query<Gone, [CacheKey]>(`DELETE FROM entries WHERE key = ? AND id > ${CLEARED} RETURNING file, bytes`)
      .all(key);
  }

  /** Whether a body lies in the file of that name. */
  hasFile(file: string): boolean {
    return this.#db.query("SELECT 1 FROM entries WHERE file = ?").get(file) !== null;
  }

  /** A file under the same key with the same body. */
  fileOf(key: CacheKey, hash: string, size: number): string | undefined {
    const row = this.#db
      .query<{ file: string }, [CacheKey, string, number]>(
        `SELECT file FROM entries WHERE key = ? AND hash = ? AND size = ? AND file IS NOT NULL AND id > ${CLEARED}`,
      )
      .get(key, hash, size);
    return row?.file;
  }

  totals(): Totals {
    return this.#db.query<Totals, []>("SELECT entries, bytes FROM totals").get() ?? { entries: 0, bytes: 0 };
  }

  /** Makes all entries none, at once; how many they were. */
  clear(): number {
    const { entries } = this.totals();
    this.#db
      .query("UPDATE totals SET entries = 0, bytes = 0, cleared = (SELECT coalesce(max(id), 0) FROM entries)")
      .run();
    return entries;
  }

  /** Removes some of those that are none any more. */
  sweep(limit: number): readonly Gone[] {
    const some = `SELECT id FROM entries WHERE id <= ${CLEARED} ORDER BY id LIMIT ?`;
    return this.#db.query<Gone, [number]>(`DELETE FROM entries WHERE id IN (${some}) RETURNING file, bytes`).all(limit);
  }

  /** Whether there are such. */
  get isSwept(): boolean {
    return this.#db.query(`SELECT 1 FROM entries WHERE id <= ${CLEARED} LIMIT 1`).get() === null;
  }

  /** Keys that begin so, in their order, behind another one. */
  keys(prefix: string, after: string, limit: number): readonly CacheKey[] {
    return this.#db
      .query<{ key: CacheKey }, [string, string, string, number]>(
        `SELECT DISTINCT key FROM entries WHERE key >= ? AND key < ? AND key > ? AND id > ${CLEARED} ORDER BY key LIMIT ?`,
      )
      .all(prefix, prefixEnd(prefix), after, limit)
      .map(({ key }) => key);
  }

  /** Those that expired longest ago, then those used least recently, of which the first expired before `now`. */
  expired(now: Instant, limit: number): readonly number[] {
    return this.#ids("SELECT id FROM entries WHERE until < ? ORDER BY until LIMIT ?", now, limit);
  }

  leastUsed(limit: number): readonly number[] {
    return this.#ids("SELECT id FROM entries ORDER BY used LIMIT ?", limit);
  }

  use(id: number, now: Instant): void {
    this.#db.query("UPDATE entries SET used = ? WHERE id = ? AND used < ?").run(now, id, now);
  }

  /** One key of each path and No-Vary-Search rule by which something is stored. */
  ruleKeys(limit: number): readonly CacheKey[] {
    // Jumps from group to group, however many belong to each. All begin with "rule ".
    const query = `
      WITH RECURSIVE rules (name) AS (
        SELECT min(name) FROM groups WHERE name >= 'rule '
        UNION ALL
        SELECT (SELECT min(name) FROM groups WHERE name > rules.name) FROM rules WHERE rules.name < 'rule!'
      )
      SELECT (SELECT key FROM entries WHERE id = (SELECT entry FROM groups WHERE groups.name = rules.name LIMIT 1)) AS key
      FROM rules WHERE rules.name < 'rule!' LIMIT ?`;
    return this.#db
      .query<{ key: CacheKey | null }, [number]>(query)
      .all(limit)
      .flatMap(({ key }) => key ?? []);
  }

  #ids(query: string, ...values: readonly number[]): readonly number[] {
    return this.#db
      .query<{ id: number }, number[]>(query)
      .all(...values)
      .map(({ id }) => id);
  }
}

/** Where the keys end that begin so: no key has a character as large. */
export function prefixEnd(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
