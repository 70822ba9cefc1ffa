import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { lines } from "../../src/store/memcached/line.ts";
import { readHead, sealed, writeHead } from "../../src/store/portable.ts";
import { Bodies } from "../../src/store/sqlite/bodies.ts";
import { openSqlite } from "../../src/store/sqlite/open.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { ask, type RunningProxy, startProxy, xCache } from "../e2e/proxy.ts";
import { until } from "../sharing/until.ts";
import { openStore } from "../store/memcached/opened.ts";
import { startMemcached } from "../store/memcached-server.ts";
import { scratch } from "../store/scratch.ts";
import { keyOf, stored } from "../store/stored.ts";
import { keptOrigin } from "./victim.ts";

/**
 * Stores that somebody else has written to: what is served for a URL is what its origin said of it, or is asked for anew. More of it is in
 * store/redis/damage.test.ts, store/memcached/record.test.ts and e2e/disk.test.ts.
 */
const shared = cleanup();
const LARGE = "x".repeat(300_000);
const PATHS = ["/a", "/b", "/c", "/d"];
const PARTNERS: Readonly<Record<string, string>> = { a: "b", b: "a", c: "d", d: "c" };

/** What the origin has for a path: large for the last two, so that these lie in files. */
const contentOf = (path: string): string => (path < "/c" ? `this is ${path}` : `this is ${path} ${LARGE}`);
const filesIn = (folder: string): string[] => [...new Bun.Glob("*/*").scanSync(folder)];

async function open(path: string) {
  const clock = () => ({ wall: 10_000, steady: 10_000 });
  const policy = { defaultTtl: 0, maxEntrySize: Number.POSITIVE_INFINITY };
  const told: unknown[] = [];
  const report = (error: unknown) => void told.push(error);
  const { store } = await openSqlite(
    { type: "sqlite", path, maxBytes: 2 ** 23 },
    { clock, policy, report, namespace: "test" },
  );
  return { store, told };
}

/** A disk tier that holds all paths, done something to while nobody has it open. */
type Tampering = (db: Database, bodies: string) => unknown;

async function tampered(tamper: Tampering): Promise<{ readonly path: string; readonly folder: string }> {
  const folder = scratch(shared);
  const path = join(folder, "cache.db");
  const { store } = await open(path);
  for (const one of PATHS) await store.put(stored({ path: one, body: contentOf(one), at: 10_000 }));
  await store[Symbol.asyncDispose]();
  expect(filesIn(`${path}.bodies`)).toHaveLength(2);
  const db = new Database(path);
  tamper(db, `${path}.bodies`);
  db.close();
  return { path, folder };
}

/** Gives each row what its partner has in a column. */
function swapped(db: Database, column: "key" | "file" | "head" | "body"): void {
  const rows = db.query<{ id: number; key: string }, []>("SELECT id, key FROM entries").all();
  const table = column === "key" || column === "file" ? "entries" : "contents";
  const values = db
    .query<{ id: number; value: string | null }, []>(`SELECT id, ${column} AS value FROM ${table}`)
    .all();
  for (const { id, key } of rows) {
    const partner = rows.find((other) => other.key === key.replace(/.$/, (last) => PARTNERS[last] ?? ""));
    const value = values.find((other) => other.id === partner?.id)?.value ?? null;
    db.run(`UPDATE ${table} SET ${column} = ? WHERE id = ?`, [value, id]);
  }
}

/** All bodies lie in their rows then, as a value of SQL. */
function inRows(db: Database, value: string): void {
  db.run("UPDATE entries SET file = NULL");
  db.run(`UPDATE contents SET body = ${value}`);
}

describe("the disk tier: nothing is found that was not put there", () => {
  test.each<[string, Tampering]>([
    ["keys that were swapped", (db) => swapped(db, "key")],
    ["header sections that were swapped", (db) => swapped(db, "head")],
    ["bodies that were swapped, and the names of their files", (db) => [swapped(db, "body"), swapped(db, "file")]],
    [
      "names of files that lead out of the folder",
      (db, bodies) => {
        const names = filesIn(bodies).map((name) => name.slice(3));
        for (const name of names) {
          const folder = join(bodies, "..");
          renameSync(join(bodies, name.slice(0, 2), name), join(folder, name));
          db.run("UPDATE entries SET file = ? WHERE file = ?", [`../${basename(folder)}/${name}`, name]);
        }
        db.run("UPDATE entries SET file = '/etc/passwd' WHERE file IS NULL");
      },
    ],
    [
      "links in place of files",
      (db, bodies) => {
        for (const name of filesIn(bodies)) {
          rmSync(join(bodies, name));
          symlinkSync("/etc/passwd", join(bodies, name));
        }
        db.run("UPDATE contents SET body = NULL");
      },
    ],
    ["heads that are sealed and say nothing", (db) => db.run("UPDATE contents SET head = ?", [sealed("{}")])],
    ["heads that are sealed and are none", (db) => db.run("UPDATE contents SET head = ?", [sealed("null")])],
    ["text where bytes should be", (db) => inRows(db, "'text'")],
    ["a number where bytes should be", (db) => inRows(db, "7")],
    ["bytes where text should be", (db) => db.run("UPDATE contents SET head = x'ff00ff', body = 7")],
  ])("%s", async (_, tamper) => {
    const { path } = await tampered(tamper);
    const { store, told } = await open(path);
    await using _store = store;
    for (const one of PATHS) expect([one, await store.get(keyOf(one))]).toEqual([one, []]);
    expect(await store.report()).toMatchObject({ damaged: PATHS.length, entries: 0 });
    for (const one of PATHS) await store.put(stored({ path: one, body: contentOf(one), at: 10_000 }));
    for (const one of PATHS) {
      const [found] = await store.get(keyOf(one));
      expect((await found?.body.text()) === contentOf(one)).toBe(true);
    }
    expect(told).toEqual([]);
  });

  test("what is not ours is not swept out of the folder, nor what a link in it leads to", async () => {
    const own = "0".repeat(32);
    const { path, folder } = await tampered((_, bodies) => {
      const [elsewhere, shelf] = [join(bodies, "..", "elsewhere"), join(bodies, "00")];
      symlinkSync(elsewhere, join(bodies, "ee"));
      for (const place of [elsewhere, shelf]) {
        mkdirSync(place, { recursive: true });
        for (const name of [own, "letter"]) {
          writeFileSync(join(place, name), "dear mother");
          utimesSync(join(place, name), new Date(-200_000), new Date(-200_000));
        }
      }
    });
    const { store } = await open(path);
    await using _ = store;
    await until("it was swept", () => !existsSync(join(folder, "cache.db.bodies", "00", own)));
    expect(readdirSync(join(folder, "cache.db.bodies", "00"))).toEqual(["letter"]);
    expect(readdirSync(join(folder, "elsewhere")).toSorted()).toEqual([own, "letter"]);
  });

  test("a name that leads out of the folder removes nothing there", async () => {
    const folder = scratch(shared);
    const bodies = new Bodies(join(folder, "bodies"), () => undefined);
    const outside = join(folder, "letter");
    writeFileSync(outside, "dear mother");
    // Below a folder that is called as a name begins.
    const climbing = `../${basename(folder)}/letter`;
    await bodies.remove([climbing, "../../letter", "../letter", outside, "", "..", "letter"]);
    expect(await bodies.again(climbing)).toBeUndefined();
    expect(readFileSync(outside, "utf8")).toBe("dear mother");
  });

  test("a proxy asks anew for what was tampered with, and says that it was damaged", async () => {
    const origin = await keptOrigin(shared);
    const path = join(scratch(shared), "cache.db");
    const start = () => startProxy(shared, origin.url, `--store sqlite:${path}`);
    const want = async (proxy: RunningProxy, one: string) => {
      const response = await ask(proxy, one, { headers: { host: "api.test" } });
      return [xCache(response), await response.text()];
    };
    const first = await start();
    for (const one of PATHS) expect(await want(first, one)).toEqual(["MISS", one]);
    first.signal("SIGTERM");
    await first.exited;
    const db = new Database(path);
    swapped(db, "key");
    db.close();
    const second = await start();
    for (const outcome of ["MISS", "HIT"]) {
      for (const one of PATHS) expect(await want(second, one)).toEqual([outcome, one]);
    }
    const stats = await (await ask(second, "/__admin/stats")).json();
    expect(stats).toMatchObject({ store: { damaged: PATHS.length, errors: 0 } });
  });
});

describe("heads that somebody has sealed who knows how", () => {
  const one = stored({ path: "/a", body: "a" });
  const now = { wall: 10_000, steady: 10_000 };
  const policy = { defaultTtl: 0, maxEntrySize: 1000 };
  const written = writeHead(one, { size: 1, hash: "x" });
  const json = written.slice(written.indexOf("{"));
  const forged = (change: (head: string) => string) => readHead(sealed(change(json)), one.key, now, policy);

  test("as they are, they are read", () => {
    expect(forged((head) => head)).toBeDefined();
  });

  test.each<[string, (head: string) => string]>([
    [
      "a line break in a value",
      (head) => head.replace('"headers":[', '"headers":[["x-a","b\\r\\nSet-Cookie: evil=1"],'),
    ],
    ["a line feed in a value", (head) => head.replace('"headers":[', '"headers":[["x-a","b\\nx"],')],
    ["a NUL in a value", (head) => head.replace('"headers":[', '"headers":[["x-a","b\\u0000"],')],
    ["a line break in a name", (head) => head.replace('"headers":[', '"headers":[["x-a: b\\r\\nx","c"],')],
    ["a status that is none", (head) => head.replace('"status":200', '"status":99')],
    ["a status with a line break", (head) => head.replace('"status":200', '"status":"200 OK\\r\\nX-A: b"')],
    ["nothing", () => "null"],
    ["a number", () => "7"],
    ["no JSON", (head) => head.slice(1)],
    ["no fields", (head) => head.replace('"headers"', '"footers"')],
    ["no reading", (head) => head.replace('"reading"', '"writing"')],
    ["no seal of the body", (head) => head.replace('"hash"', '"hush"')],
    ["the key of another URL", (head) => head.replaceAll("/a", "/b")],
  ])("%s: none", (_, change) => {
    expect(change(json)).not.toBe(json);
    expect(forged(change)).toBeUndefined();
  });
});

test("memcached: values that were moved to another key, and pieces to another body, are not served", async () => {
  const server = await startMemcached(shared);
  const { store, names } = await openStore(shared, [server.address]);
  const [reads, writes] = await lines(server.address, () => 10_000);
  const [a, b] = [stored({ path: "/a", body: "this is a" }), stored({ path: "/b", body: "this is b" })];
  const swap = async (one: string, other: string): Promise<void> => {
    const found = await reads.gets([one, other]);
    const value = (name: string) => Buffer.from(found.get(name)?.bytes ?? "");
    expect(value(one).length).toBeGreaterThan(0);
    const [first, second] = [value(one), value(other)];
    await writes.set(one, second, 100);
    await writes.set(other, first, 100);
  };
  const bodyIdOf = async (name: string): Promise<string> =>
    /"body":"([^"]+)"/.exec(String((await reads.gets([name])).get(name)?.bytes))?.[1] ?? "";
  for (const moved of ["records", "pieces"]) {
    for (const one of [a, b]) await store.put(one);
    for (const one of [a, b]) expect(await store.get(one.key)).toHaveLength(1);
    const [nameA, nameB] = [names.key(keyOf("/a")), names.key(keyOf("/b"))];
    if (moved === "records") await swap(nameA, nameB);
    else await swap(names.piece(await bodyIdOf(nameA), 0), names.piece(await bodyIdOf(nameB), 0));
    for (const one of [a, b]) expect(await store.get(one.key)).toEqual([]);
  }
});
