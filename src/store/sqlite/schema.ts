import type { Database } from "bun:sqlite";
import { FORMAT } from "../portable.ts";

/** "cpxy": by this a file says that it is one of ours. */
const APPLICATION = 0x63707879;
/** Of the tables below. */
const TABLES = 1;
/** What a file of ours has to say of its version: a change of either number makes it one of another version. */
const VERSION = TABLES * 1000 + FORMAT;

/** What a file is to us. */
export type Found =
  | { readonly type: "ours" }
  | { readonly type: "empty" }
  | { readonly type: "other-version"; readonly version: number; readonly ours: number }
  | { readonly type: "foreign" };

/**
 * Looks what a file is, at one moment: another process may just be making it one of ours.
 * @throws SQLiteError, as for a file that is no database
 */
export function identify(db: Database): Found {
  return db.inTransaction ? identified(db) : db.transaction(() => identified(db))();
}

function identified(db: Database): Found {
  const { application_id } = first(db.query<{ application_id: number }, []>("PRAGMA application_id").get());
  const { user_version } = first(db.query<{ user_version: number }, []>("PRAGMA user_version").get());
  if (application_id === APPLICATION) {
    return user_version === VERSION
      ? { type: "ours" }
      : { type: "other-version", version: user_version, ours: VERSION };
  }
  const { tables } = first(db.query<{ tables: number }, []>("SELECT count(*) AS tables FROM sqlite_schema").get());
  return application_id === 0 && user_version === 0 && tables === 0 ? { type: "empty" } : { type: "foreign" };
}

/** Makes an empty file one of ours; where another process was first, it is left as that made it. */
export function create(db: Database): void {
  // Before there is any table; else it would have no effect.
  db.run("PRAGMA auto_vacuum = INCREMENTAL");
  db.transaction(() => {
    if (identify(db).type !== "empty") return;
    for (const statement of SCHEMA) db.run(statement);
    db.run(`PRAGMA application_id = ${APPLICATION}`);
    db.run(`PRAGMA user_version = ${VERSION}`);
  }).immediate();
}

const SCHEMA = [
  // What is often looked at and changed; the rest of a row lies apart, so that these stay small. The largest id was put last.
  `CREATE TABLE entries (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     key TEXT NOT NULL,
     -- Which process put it, and its sentAt there.
     epoch TEXT NOT NULL,
     sent_at REAL NOT NULL,
     -- Until when it is of use without asking the origin, and when it was last used; ms since 1970.
     until INTEGER NOT NULL,
     used INTEGER NOT NULL,
     -- What it counts for.
     bytes INTEGER NOT NULL,
     -- The seal of the body, and the file it lies in, where that is not the row.
     size INTEGER NOT NULL,
     hash TEXT NOT NULL,
     file TEXT
   )`,
  "CREATE INDEX entries_by_key ON entries (key, id)",
  "CREATE INDEX entries_by_until ON entries (until)",
  "CREATE INDEX entries_by_used ON entries (used)",
  "CREATE INDEX entries_by_file ON entries (file) WHERE file IS NOT NULL",
  "CREATE TABLE contents (id INTEGER PRIMARY KEY, head TEXT NOT NULL, body BLOB)",
  "CREATE TABLE groups (name TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (name, entry)) WITHOUT ROWID",
  "CREATE INDEX groups_by_entry ON groups (entry)",
  // So that nobody has to count: not at the start either. Entries up to the id `cleared` are none any more, and go little by little.
  "CREATE TABLE totals (entries INTEGER NOT NULL, bytes INTEGER NOT NULL, cleared INTEGER NOT NULL)",
  "INSERT INTO totals VALUES (0, 0, 0)",
  `CREATE TRIGGER entry_put AFTER INSERT ON entries BEGIN
     UPDATE totals SET entries = entries + 1, bytes = bytes + NEW.bytes;
   END`,
  `CREATE TRIGGER entry_gone AFTER DELETE ON entries BEGIN
     DELETE FROM contents WHERE id = OLD.id;
     DELETE FROM groups WHERE entry = OLD.id;
     UPDATE totals SET entries = entries - 1, bytes = bytes - OLD.bytes WHERE OLD.id > cleared;
   END`,
  // What processes tell each other of what they let go of: one thing by its hash, or all that begins with a prefix.
  `CREATE TABLE invalidations (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     epoch TEXT NOT NULL,
     what TEXT NOT NULL,
     prefix TEXT,
     at INTEGER NOT NULL,
     UNIQUE (what, epoch)
   )`,
  // Of what was forgotten of them, the last.
  "CREATE TABLE forgotten (at INTEGER NOT NULL)",
  "INSERT INTO forgotten VALUES (-1)",
];

function first<T>(row: T | null): T {
  if (row === null) throw new Error("SQLite answered with no row where there is always one.");
  return row;
}
