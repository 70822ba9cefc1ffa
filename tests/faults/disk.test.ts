import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";
import { ask, outcome, type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { until } from "../sharing/until.ts";
import { scratch } from "../store/scratch.ts";
import { loopDisk } from "./loop-disk.ts";

const shared = cleanup();
const BODY = "x".repeat(50_000);
const NAMED = { headers: { host: "api.test" } };

async function storeOf(proxy: RunningProxy): Promise<{ entries: number; state: string; errors: number }> {
  return JSON.parse(await (await ask(proxy, "/__admin/stats")).text()).store;
}

/** Bounds how large a file the process may write: no room is left then, as on a full disk. */
function bound(pid: number, bytes: string): void {
  expect(Bun.spawnSync(["prlimit", `--pid=${pid}`, `--fsize=${bytes}:unlimited`]).exitCode).toBe(0);
}

const pages = origin(
  shared,
  (_, count) => new Response(`${count}${BODY}`, { headers: { "cache-control": "max-age=60" } }),
);

test("a disk that fills up costs no answer, and is written again once there is room", async () => {
  const proxy = await startProxy(shared, pages.url, `--store sqlite:${join(scratch(shared), "cache.db")}`);
  await outcome(proxy, "/full/before", NAMED);
  await until("it lies there", async () => (await storeOf(proxy)).entries === 1);
  bound(proxy.pid, "100");
  for (let i = 0; i < 5; i++) expect(await outcome(proxy, `/full/${i}`, NAMED)).toEqual(["MISS", `1${BODY}`]);
  for (let i = 0; i < 5; i++) expect(await outcome(proxy, `/full/${i}`, NAMED)).toEqual(["HIT", `1${BODY}`]);
  await until("it is told", async () => (await storeOf(proxy)).errors > 0);
  bound(proxy.pid, "unlimited");
  await until("it is written again", async () => {
    await outcome(proxy, `/full/${crypto.randomUUID()}`, NAMED);
    return (await storeOf(proxy)).state === "working";
  });
});

test("a disk that does not get on costs no answer and no wait, and gets what it missed", async () => {
  const path = join(scratch(shared), "cache.db");
  const proxy = await startProxy(shared, pages.url, `--store sqlite:${path} --log off`);
  await outcome(proxy, "/slow/before", NAMED);
  await until("it lies there", async () => (await storeOf(proxy)).entries === 1);
  // To SQLite a disk on which nothing gets on is the same as another process that has the file locked.
  const other = new Database(path);
  other.run("BEGIN EXCLUSIVE");
  for (let i = 0; i < 10; i++) {
    expect(await outcome(proxy, `/slow/${i}`, NAMED)).toEqual(["MISS", `1${BODY}`]);
    expect(await outcome(proxy, `/slow/${i}`, NAMED)).toEqual(["HIT", `1${BODY}`]);
  }
  expect((await storeOf(proxy)).entries).toBe(1);
  other.run("COMMIT");
  other.close();
  await until("it lies there, too", async () => (await storeOf(proxy)).entries === 11);
});

const disk = loopDisk(shared);

test.skipIf(disk.type === "none")(
  `a disk that can only be read any more costs no answer${disk.type === "none" ? `: ${disk.why}` : ""}`,
  async () => {
    if (disk.type === "none") return;
    const [path, fixtures] = [join(disk.folder, "cache.db"), join(disk.folder, "fixtures")];
    mkdirSync(fixtures);
    writeFileSync(join(fixtures, "fixed.txt"), "fixed");
    const logs = `--log-file ${join(disk.folder, "access.log")}`;
    const proxy = await startProxy(shared, pages.url, `--store sqlite:${path} --fixtures ${fixtures} ${logs}`);
    await outcome(proxy, "/only-read/before", NAMED);
    await until("it lies there", async () => (await storeOf(proxy)).entries === 1);
    disk.fail();
    for (const expected of ["MISS", "HIT"]) {
      for (let i = 0; i < 5; i++)
        expect(await outcome(proxy, `/only-read/${i}`, NAMED)).toEqual([expected, `1${BODY}`]);
    }
    expect((await outcome(proxy, "/only-read/before", NAMED))[0]).toBe("HIT");
    expect((await outcome(proxy, "/fixed.txt", NAMED))[1]).toBe("fixed");
    await until("it is told", async () => (await storeOf(proxy)).errors > 0);
    proxy.signal("SIGTERM");
    expect(await proxy.exited).toBe(0);
  },
);

const losses: readonly [string, (path: string) => void][] = [
  [
    "deleted",
    (path) => {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    },
  ],
  [
    "replaced by another database",
    (path) => {
      for (const end of ["-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      const other = new Database(`${path}.other`);
      other.run("CREATE TABLE letters (text)");
      other.close();
      renameSync(`${path}.other`, path);
    },
  ],
];

test.each(losses)(
  "a file that is %s under the proxy costs no answer, and nothing wrong comes of it",
  async (name, lose) => {
    const path = join(scratch(shared), "cache.db");
    const flags = `--store sqlite:${path} --max-size 1mb`;
    const proxy = await startProxy(shared, pages.url, flags);
    const own = (n: number | string): string => `/${name.replaceAll(" ", "-")}/${n}`;
    await outcome(proxy, own("before"), NAMED);
    await until("it lies there", async () => (await storeOf(proxy)).entries === 1);
    lose(path);
    for (let i = 0; i < 40; i++) expect((await outcome(proxy, own(i), NAMED))[1]).toBe(`1${BODY}`);
    for (const n of ["before", ...Array.from({ length: 40 }, (_, i) => i)]) {
      const [how, body] = await outcome(proxy, own(n), NAMED);
      expect([how, body.endsWith(BODY), body.length]).toEqual([how, true, BODY.length + 1]);
    }
    proxy.signal("SIGTERM");
    expect(await proxy.exited).toBe(0);
  },
);

test("a log on a full disk costs no answer, and is said once", async () => {
  const file = join(scratch(shared), "access.log");
  const proxy = await startProxy(shared, pages.url, `--log-file ${file}`);
  bound(proxy.pid, "10");
  for (let i = 0; i < 20; i++) expect((await outcome(proxy, `/log/${i}`, NAMED))[1]).toBe(`1${BODY}`);
  await until("it is said", () => proxy.stderr.all.some((line) => line.includes(file)));
  bound(proxy.pid, "unlimited");
  await until("it is written", async () => {
    await outcome(proxy, "/log/again", NAMED);
    return (await Bun.file(file).text()).includes("/log/again");
  });
});
