import { expect, test } from "bun:test";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, outcome, startProxy } from "./proxy.ts";
import { contentOf, statusOf } from "./raw.ts";
import { type Line, lineTo, lineToEach, statistics } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "max-age=600" };

/** Asks again and again, on one connection, until told to end; how often it was answered. */
async function asking(line: Line, isOver: () => boolean): Promise<number> {
  const own = crypto.randomUUID();
  let answers = 0;
  for (; !isOver(); answers++) {
    const response = await line.get(`/${own}/${answers % 50}`);
    expect([statusOf(response), contentOf(response)]).toEqual([200, "ok"]);
  }
  return answers;
}

test("who is killed takes its own connections along and no other; another one takes its place", async () => {
  const stub = origin(shared, () => new Response("ok", { headers: FRESH }));
  const proxy = await startProxy(shared, stub.url, "--workers 2 --log off");
  const lines = await Promise.all(Array.from({ length: 8 }, () => lineTo(shared, proxy)));
  lines.push(...(await lineToEach(shared, proxy, 2)));
  const { workers } = await statistics(proxy);
  const [victim] = workers;
  let over = false;
  const others = lines.filter(({ worker }) => worker !== victim?.worker).map((line) => asking(line, () => over));
  const own = lines.filter(({ worker }) => worker === victim?.worker);
  const cut = own.map((line) => asking(line, () => false).catch(() => line.raw.closed));
  process.kill(victim?.pid ?? Number.NaN, "SIGKILL");
  for (const how of await Promise.all(cut)) expect(["end", "reset"]).toContain(String(how));
  const said = await proxy.stderr.find((line) => line.includes("was ended by SIGKILL"));
  expect(said).toBe(`error: worker 1 (process ${victim?.pid}) was ended by SIGKILL; another one starts at once`);
  // Its sockets are gone, too: whoever comes now is served, by the other one or by the new one.
  for (let n = 0; n < 30; n++) expect((await (await lineTo(shared, proxy)).get("/new")).length).toBeGreaterThan(0);
  await lineToEach(shared, proxy, 2);
  over = true;
  expect(Math.min(...(await Promise.all(others)))).toBeGreaterThan(0);
  const after = await statistics(proxy);
  expect(after.workers.map(({ restarts }) => restarts)).toEqual([1, 0]);
  expect(after.workers.map(({ pid }) => pid)[0]).not.toBe(victim?.pid);
});

test("the one that takes a crashed one's place hears of what is invalidated", async () => {
  const stub = origin(shared, counted(FRESH));
  const proxy = await startProxy(shared, stub.url, "--workers 2");
  const { workers } = await statistics(proxy);
  process.kill(workers[1]?.pid ?? Number.NaN, "SIGKILL");
  await proxy.stderr.find((line) => line.includes("was ended by SIGKILL"));
  const [first, second] = await lineToEach(shared, proxy, 2);
  await second?.get("/a");
  await first?.get("/a", "PUT");
  expect((await statistics(proxy)).cache.entries).toBe(0);
});

test("one that cannot start any more is given up with a clear word, and the others go on", async () => {
  // A copy of the program, so that it can be broken while it runs.
  const folder = scratch(shared);
  const root = new URL("../..", import.meta.url).pathname;
  await cp(`${root}src`, join(folder, "src"), { recursive: true });
  await cp(`${root}package.json`, join(folder, "package.json"));
  await symlink(`${root}node_modules`, join(folder, "node_modules"));
  const stub = origin(shared, () => new Response("ok"));
  const proxy = await startProxy(shared, stub.url, "--workers 2", { program: join(folder, "src/cli.ts") });
  const { workers } = await statistics(proxy);
  await Bun.write(join(folder, "src/server.ts"), 'process.exit(7);\nexport const startServer = "broken";\n');
  process.kill(workers[0]?.pid ?? Number.NaN, "SIGKILL");
  const said = await proxy.stderr.find((line) => line.includes("given up"));
  expect(said).toMatch(
    /^error: worker 1 \(process \d+\) ended with exit code 7 before it could serve; it failed to start 5 times in a row and is given up; 1 of 2 go on$/,
  );
  expect((await outcome(proxy, "/a"))[1]).toBe("ok");
  expect((await statistics(proxy)).workers.map(({ worker }) => worker)).toEqual([2]);
  process.kill(workers[1]?.pid ?? Number.NaN, "SIGKILL");
  expect(await proxy.exited).toBe(1);
  expect(proxy.stderr.all.at(-1)).toMatch(/^error: worker 2 .* is given up$/);
}, 20_000);

test("SIGTERM lets all workers finish what is in flight", async () => {
  const release = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  const stub = origin(shared, async () => {
    if (stub.seen.length === 2) all.resolve();
    await release.promise;
    return new Response("at last");
  });
  const proxy = await startProxy(shared, stub.url, "--workers 2");
  const lines = await lineToEach(shared, proxy, 2);
  const waiting = lines.map(({ get, worker }) => get(`/${worker}`));
  await all.promise;
  proxy.signal("SIGTERM");
  await proxy.stderr.find((line) => line.startsWith("SIGTERM: finishing"));
  release.resolve();
  expect((await Promise.all(waiting)).map(contentOf)).toEqual(["at last", "at last"]);
  expect(await proxy.exited).toBe(0);
  await Promise.all([proxy.stdout.ended, proxy.stderr.ended]);
  expect(proxy.stdout.all).toHaveLength(2);
  expect(proxy.stderr.all.filter((line) => /finishing|stopped/.test(line))).toHaveLength(2);
});

test("a second signal ends all of them at once", async () => {
  const asked = Promise.withResolvers<void>();
  const stub = origin(shared, () => {
    asked.resolve();
    return new Promise<Response>(() => undefined);
  });
  const proxy = await startProxy(shared, stub.url, "--workers 2");
  const line = await lineTo(shared, proxy);
  const waiting = line.get("/held").catch(() => "cut off");
  await asked.promise;
  proxy.signal("SIGINT");
  await proxy.stderr.find((text) => text.startsWith("SIGINT: finishing"));
  proxy.signal("SIGINT");
  expect(await proxy.exited).toBe(130);
  expect(await waiting).toBe("cut off");
});

test("no worker outlives a supervisor that is killed", async () => {
  const stub = origin(shared, () => new Response("ok"));
  const proxy = await startProxy(shared, stub.url, "--workers 2");
  const lines = await lineToEach(shared, proxy, 2);
  process.kill(proxy.pid, "SIGKILL");
  for (const { raw } of lines) await raw.closed;
  await expect(ask(proxy, "/")).rejects.toThrow();
});

test("one that does not react holds nobody up for long, and that is told", async () => {
  const stub = origin(shared, counted(FRESH));
  const proxy = await startProxy(shared, stub.url, "--workers 2");
  const [line] = await lineToEach(shared, proxy, 2);
  const { workers } = await statistics(proxy);
  const hung = workers[1]?.pid ?? Number.NaN;
  process.kill(hung, "SIGSTOP");
  expect(statusOf((await line?.get("/a", "PUT")) ?? "")).toBe(200);
  await proxy.stderr.find((text) => text.includes("did not confirm within 100 ms"));
  process.kill(hung, "SIGCONT");
  const all = JSON.parse(contentOf((await line?.get("/__admin/stats")) ?? ""));
  expect(all.workers).toMatchObject([{ unconfirmedInvalidations: 1 }, { unconfirmedInvalidations: 0 }]);
});
