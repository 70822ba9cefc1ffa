import { Database, SQLiteError } from "bun:sqlite";
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Milliseconds } from "../../http/date.ts";
import { seldom } from "../seldom.ts";
import { type OpenTier, type TierSetting, type TierSurroundings, TierUnusable } from "../tier.ts";
import { Bodies } from "./bodies.ts";
import { Patience } from "./patience.ts";
import { Rows } from "./rows.ts";
import { create, identify } from "./schema.ts";
import { SqliteStore } from "./sqlite-store.ts";

/** How long a call may wait for another process, while nothing else goes on in this one. */
const BUSY_TIMEOUT: Milliseconds = 5;
const TIDY_EVERY: Milliseconds = 2000;
const SWEEP_EVERY: Milliseconds = 60 * 60_000;
/** Rules of No-Vary-Search that are looked up at the start. */
const MOST_RULES = 10_000;

/**
 * Opens the disk tier in a file and a folder beside it; a file that is not there is made. Nothing is read through, however large it is.
 * @throws TierUnusable
 */
export async function openSqlite(
  setting: Extract<TierSetting, { type: "sqlite" }>,
  { clock, policy, report }: TierSurroundings,
): Promise<OpenTier & { readonly store: SqliteStore }> {
  const path = resolve(setting.path);
  const folder = `${path}.bodies`;
  const tell = seldom(report, () => clock().steady);
  const closing = new DisposableStack();
  try {
    checkPlace(path);
    const db = closing.adopt(open(path), (db) => db.close());
    await new Patience(() => clock().steady).wait(() => settle(db, path));
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    const bodies = new Bodies(folder, tell);
    const store = new SqliteStore({ db, bodies, maxBytes: setting.maxBytes, clock, policy, closing });
    const rows = new Rows(db);
    keepHouse(store, () => bodies.sweep((name) => closing.disposed || rows.hasFile(name), clock().wall), closing, tell);
    return {
      name: "sqlite",
      store,
      // So that what is a second old outlives the process, and a transaction takes some ms at most.
      gather: 100,
      batch: { responses: 32, bytes: 256 * 1024 },
      report: () => store.report(),
      isAway: () => store.isOwing,
      ruleKeys: rows.ruleKeys(MOST_RULES),
    };
  } catch (error) {
    closing.dispose();
    throw error instanceof TierUnusable ? error : unusable(path, explain(error, path));
  }
}

/** What SQLite would only call unable to open. */
function checkPlace(path: string): void {
  const folder = dirname(path);
  const place = statSync(folder, { throwIfNoEntry: false });
  if (place === undefined) throw unusable(path, `the folder ${folder} does not exist: make it, or name another file`);
  if (!place.isDirectory()) throw unusable(path, `${folder} is no folder: name another file`);
  const file = statSync(path, { throwIfNoEntry: false });
  if (file?.isDirectory()) throw unusable(path, "this is a folder: name a file in it, such as cache.db");
  if (file?.isFile() === false) throw unusable(path, "this is no file of its own on a disk: name another one");
}

function open(path: string): Database {
  const db = new Database(path, { create: true, readwrite: true, strict: true });
  try {
    db.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Sees to it that the file is one of ours and can be written. */
function settle(db: Database, path: string): void {
  const found = identify(db);
  switch (found.type) {
    case "foreign":
      throw unusable(path, "this is a database of something else, which is left as it is: name another file");
    case "other-version": {
      const versions = `its format is ${found.version}, this version's is ${found.ours}`;
      const remedy = `delete it together with ${path}.bodies, or name another file`;
      throw unusable(path, `this is the cache of another version of caching-proxy (${versions}): ${remedy}`);
    }
    case "empty":
      create(db);
      break;
    case "ours":
      break;
  }
  // What is written survives the process; a crash of the system may cost the last of it, and nothing more.
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = NORMAL");
  // Small ones, often: each holds up the event loop until it is on the disk, 1000 pages for 12 ms, these for 6.
  db.run("PRAGMA wal_autocheckpoint = 250");
  db.run("PRAGMA cache_size = -8192");
  db.run("PRAGMA journal_size_limit = 67108864");
  db.transaction(() => db.run("UPDATE totals SET entries = entries")).immediate();
}

/** Does what can wait, now and then, until the store is closed. */
function keepHouse(
  store: SqliteStore,
  sweep: () => Promise<void>,
  closing: DisposableStack,
  tell: (message: string, cause: unknown) => void,
): void {
  let isBusy = false;
  const tidy = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      while (!closing.disposed && (await store.tidy())) await Bun.sleep(10);
    } catch (error) {
      // Closed under its hands, it has nothing to say.
      if (!closing.disposed) tell("the disk tier could not be tidied up", error);
    } finally {
      isBusy = false;
    }
  };
  const timers = [setInterval(tidy, TIDY_EVERY), setInterval(sweep, SWEEP_EVERY), setTimeout(sweep, 0)];
  for (const timer of timers) timer.unref();
  closing.defer(() => {
    for (const timer of timers) clearTimeout(timer);
  });
}

function explain(error: unknown, path: string): string {
  const code = error instanceof SQLiteError ? (error.code ?? "") : "";
  const remedy = `delete it together with ${path}.bodies, or name another file`;
  if (code === "SQLITE_NOTADB") return "this is no database and is left as it is: name another file";
  if (code.startsWith("SQLITE_CORRUPT")) return `this is damaged: ${remedy}`;
  if (code.startsWith("SQLITE_READONLY"))
    return "this cannot be written: change who may write it, or name another file";
  if (code.startsWith("SQLITE_FULL")) return "the disk is full: make room, or name a file on another one";
  if (code.startsWith("SQLITE_BUSY"))
    return "another process has had it locked for seconds: end that, or name another file";
  const message = error instanceof Error ? error.message : String(error);
  return `this cannot be opened to be written (${message}): see who may write it and its folder, or name another file`;
}

function unusable(path: string, why: string): TierUnusable {
  return new TierUnusable(`--store sqlite:${path}: ${why}`);
}
