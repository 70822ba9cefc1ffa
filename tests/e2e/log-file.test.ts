import { expect, test } from "bun:test";
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { outcome, type RunningProxy, runCommand, startProxy } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
const stub = origin(shared, counted({ "cache-control": "max-age=60" }));

/** The paths in a log, once it has a line of the last one. */
async function pathsIn(file: string, last: string): Promise<readonly string[]> {
  for (;;) {
    const paths = pathsSoFar(file);
    if (paths.includes(last)) return paths;
    await Bun.sleep(5);
  }
}

function pathsSoFar(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => {
    const { path }: { path: string } = JSON.parse(line);
    return path;
  });
}

async function stopped(proxy: RunningProxy): Promise<void> {
  proxy.signal("SIGTERM");
  expect(await proxy.exited).toBe(0);
}

test("a log file is JSON, and what is said at the start stays where it was", async () => {
  const file = join(scratch(shared), "access.log");
  const proxy = await startProxy(shared, stub.url, `--log-file ${file}`);
  await outcome(proxy, "/a");
  await outcome(proxy, "/b");
  await stopped(proxy);
  expect(pathsSoFar(file)).toEqual(["/a", "/b"]);
  expect(proxy.stdout.all).toEqual([]);
  expect(proxy.stderr.all[0]).toStartWith("caching-proxy ");
});

test("rotation by rename and SIGHUP: the old file has all that was logged before, the new one the rest", async () => {
  const file = join(scratch(shared), "access.log");
  const proxy = await startProxy(shared, stub.url, `--log-file ${file}`);
  await outcome(proxy, "/1");
  await pathsIn(file, "/1");
  renameSync(file, `${file}.1`);
  proxy.signal("SIGHUP");
  while (!existsSync(file)) await Bun.sleep(5);
  await outcome(proxy, "/2");
  await stopped(proxy);
  expect([pathsSoFar(`${file}.1`), pathsSoFar(file)]).toEqual([["/1"], ["/2"]]);
});

test("rotation by rename without a word, and by copying and truncating", async () => {
  const file = join(scratch(shared), "access.log");
  const proxy = await startProxy(shared, stub.url, `--log-file ${file}`);
  await outcome(proxy, "/1");
  await pathsIn(file, "/1");
  truncateSync(file);
  await outcome(proxy, "/2");
  expect(await pathsIn(file, "/2")).toEqual(["/2"]);
  renameSync(file, `${file}.1`);
  let asked = 0;
  for (; !existsSync(file); asked++) {
    await outcome(proxy, "/3");
    await Bun.sleep(20);
  }
  await stopped(proxy);
  const paths = [...pathsSoFar(`${file}.1`), ...pathsSoFar(file)];
  expect(paths).toEqual(["/2", ...Array<string>(asked).fill("/3")]);
});

test("two workers write whole lines into one file, and both go on in the new one", async () => {
  const file = join(scratch(shared), "access.log");
  const proxy = await startProxy(shared, stub.url, `--workers 2 --log-file ${file}`);
  const lines = await lineToEach(shared, proxy, 2);
  const asked = Array.from({ length: 200 }, (_, i) => `/${i}?${"x".repeat(400)}`);
  await Promise.all(
    lines.map(async ({ get }) => {
      for (const path of asked) await get(path);
    }),
  );
  while (pathsSoFar(file).length < 400) await Bun.sleep(5);
  renameSync(file, `${file}.1`);
  proxy.signal("SIGHUP");
  while (!existsSync(file)) await Bun.sleep(5);
  // Each has its own hold of the file; the second a look takes is the most that one may lag behind.
  const before = pathsSoFar(`${file}.1`).length;
  expect(before).toBe(400);
  for (const { get } of lines) await get("/after");
  await stopped(proxy);
  const all = [...pathsSoFar(`${file}.1`), ...pathsSoFar(file)];
  expect(all.filter((path) => path === "/after")).toHaveLength(2);
  expect(all.filter((path) => path === asked[7])).toHaveLength(2);
  const workers = readFileSync(`${file}.1`, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).worker);
  expect(new Set(workers)).toEqual(new Set([1, 2]));
});

test.each(["", "--workers 2"])("a file that cannot be opened at the start ends it, %s", async (flags) => {
  const file = join(scratch(shared), "missing", "access.log");
  const further = flags === "" ? [] : flags.split(" ");
  const command = runCommand(shared, ["--port", "0", "--origin", stub.url, "--log-file", file, ...further]);
  expect(await command.exited).toBe(1);
  await command.stderr.ended;
  expect(command.stderr.all.join("\n")).toMatch(/error: the log file \S+ cannot be opened for appending \(ENOENT/);
});

test("one that fails later is said once and tried again, and serving goes on", async () => {
  const file = join(scratch(shared), "access.log");
  symlinkSync("/dev/full", file);
  const proxy = await startProxy(shared, stub.url, `--log-file ${file}`);
  const [missed] = await outcome(proxy, "/1");
  const complaint = "error: the access log cannot be written to";
  await proxy.stderr.find((line) => line.startsWith(complaint));
  const [hit] = await outcome(proxy, "/1");
  expect([missed, hit]).toEqual(["MISS", "HIT"]);
  rmSync(file);
  await pathsIn(file, "/1");
  await stopped(proxy);
  expect(pathsSoFar(file)).toEqual(["/1", "/1"]);
  expect(proxy.stderr.all.filter((line) => line.startsWith(complaint))).toHaveLength(1);
});

test("nothing is logged to nowhere: --log off beside a file is refused", async () => {
  const command = runCommand(shared, ["--origin", stub.url, "--log-file", "x", "--log", "off"]);
  expect(await command.exited).toBe(2);
});
