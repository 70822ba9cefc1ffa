import type { Database } from "bun:sqlite";
import type { CacheKey } from "../../caching/key.ts";
import { covering, type Extent } from "../../caching/purge.ts";
import { CLEARED, prefixEnd } from "./rows.ts";

/** Rows looked at in one turn of the event loop, so that nobody waits long. */
const STEP = 50;

/** A row that belongs to an extent. */
export type Member = { readonly id: number; readonly key: CacheKey };

/** All rows of an extent that are there as it is asked for, some at a time; those of one yield may be gone by the next. */
export function* membersOf(db: Database, extent: Extent): Generator<readonly Member[], void> {
  const last = db.query<{ id: number | null }, []>("SELECT max(id) AS id FROM entries").get()?.id ?? 0;
  const cleared = db.query<{ cleared: number }, []>("SELECT cleared FROM totals").get()?.cleared ?? 0;
  switch (extent.type) {
    case "key":
      yield db
        .query<Member, [CacheKey]>(`SELECT id, key FROM entries WHERE key = ? AND id > ${CLEARED}`)
        .all(extent.key);
      return;
    case "group":
      yield* pages((after) =>
        db
          .query<Member, [string, number, number]>(
            `SELECT id, key FROM groups JOIN entries ON id = entry WHERE name = ? AND entry > ? AND entry <= ? ORDER BY entry LIMIT ${STEP}`,
          )
          .all(extent.group, after?.id ?? cleared, last),
      );
      return;
    case "everything":
      yield* pages((after) =>
        db
          .query<Member, [number, number]>(
            `SELECT id, key FROM entries WHERE id > ? AND id <= ? ORDER BY id LIMIT ${STEP}`,
          )
          .all(after?.id ?? cleared, last),
      );
      return;
    case "prefix":
      yield* ranged(db, extent.prefix, last);
      return;
    case "pattern": {
      const isMeant = covering(extent);
      for (const page of ranged(db, extent.prefix, last)) yield page.filter(({ key }) => isMeant({ key, groups: [] }));
      return;
    }
  }
}

/** Those whose key begins with a text, in the order of their keys. */
function ranged(db: Database, prefix: string, last: number): Generator<readonly Member[], void> {
  return pages((after) =>
    db
      .query<Member, [string, string, string, number, number]>(
        `SELECT id, key FROM entries WHERE key >= ? AND key < ? AND (key, id) > (?, ?) AND id <= ? AND id > ${CLEARED} ORDER BY key, id LIMIT ${STEP}`,
      )
      .all(prefix, prefixEnd(prefix), after?.key ?? "", after?.id ?? 0, last),
  );
}

function* pages(read: (after: Member | undefined) => readonly Member[]): Generator<readonly Member[], void> {
  let after: Member | undefined;
  for (;;) {
    const page = read(after);
    if (page.length === 0) return;
    yield page;
    after = page.at(-1);
  }
}
