import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, outcome, runCommand, startProxy } from "./proxy.ts";
import { contentOf, fieldsOf } from "./raw.ts";
import { lineTo, lineToEach, statistics } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "max-age=600" };

describe("several workers are one proxy", () => {
  test("all of them answer, and the statistics of any are those of all", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startProxy(shared, stub.url, "--workers 3 --max-size 30mb");
    const lines = await lineToEach(shared, proxy, 3);
    for (const [i, line] of lines.entries()) for (let n = 0; n <= i; n++) await line.get("/a");
    for (const line of lines) {
      const all = JSON.parse(contentOf(await line.get("/__admin/stats")));
      expect(all).toMatchObject({
        requests: { total: 6, hit: 3, miss: 3 },
        hitRatio: 0.5,
        bytesSaved: 3,
        cache: { entries: 3, maxBytes: 30 * 1024 * 1024, errors: 0 },
        originLatencyMs: { count: 3 },
        workers: [1, 2, 3].map((worker) => ({ worker, requests: worker, restarts: 0, unconfirmedInvalidations: 0 })),
      });
    }
    const { workers } = await statistics(proxy);
    expect(new Set(workers.map(({ pid }) => pid)).size).toBe(3);
    expect(workers.map(({ pid }) => pid)).not.toContain(proxy.pid);
    const command = runCommand(shared, ["stats", "--port", String(proxy.port)]);
    expect(await command.exited).toBe(0);
    await command.stdout.ended;
    expect(command.stdout.all.at(-1)).toMatch(/^ {2}workers {6}3, with requests 1 \(process \d+\) \+ 2 /);
  });

  test("a clear at one is a clear of all, and its sum is what went", async () => {
    const stub = origin(shared, counted(FRESH));
    const proxy = await startProxy(shared, stub.url, "--workers 2");
    const lines = await lineToEach(shared, proxy, 2);
    for (const line of lines) await line.get("/a");
    await lines[1]?.get("/b");
    const command = runCommand(shared, ["clear", "--port", String(proxy.port)]);
    expect(await command.exited).toBe(0);
    await command.stdout.ended;
    expect(command.stdout.all).toEqual(["cleared 3 entries"]);
    for (const line of lines) expect(fieldsOf(await line.get("/a")).get("x-cache")).toBe("MISS");
  });

  test("RFC 9111 §4.4: who was told of a change sees it, whichever worker he asks", async () => {
    let version = 0;
    const stub = origin(shared, (request) => {
      if (request.method === "PUT") version++;
      return new Response(`v${version}`, { headers: { ...FRESH, "no-vary-search": 'params=("utm")' } });
    });
    const proxy = await startProxy(shared, stub.url, "--workers 3");
    const lines = await lineToEach(shared, proxy, 3);
    for (let round = 1; round <= 20; round++) {
      // Each of them knows it by another of the URLs that are the same by No-Vary-Search.
      for (const { get, worker } of lines) await get(`/a?utm=${worker}`);
      await lines[round % 3]?.get("/a?utm=0", "PUT");
      const seen = await Promise.all(lines.map(({ get, worker }) => get(`/a?utm=${worker}`)));
      expect(seen.map(contentOf)).toEqual([`v${round}`, `v${round}`, `v${round}`]);
    }
    const others = await Promise.all(Array.from({ length: 20 }, () => lineTo(shared, proxy)));
    const seen = await Promise.all(others.map(({ get }) => get("/a?utm=9")));
    expect(new Set(seen.map(contentOf))).toEqual(new Set(["v20"]));
  });

  test("RFC 9111 §4.4: what another worker was fetching meanwhile is not stored", async () => {
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const stub = origin(shared, async (request, count) => {
      if (request.method === "PUT") return new Response("changed");
      if (count > 1) return new Response("new", { headers: FRESH });
      asked.resolve();
      await release.promise;
      return new Response("old", { headers: FRESH });
    });
    const proxy = await startProxy(shared, stub.url, "--workers 2");
    const [one, other] = await lineToEach(shared, proxy, 2);
    const old = one?.get("/a");
    await asked.promise;
    await other?.get("/a", "PUT");
    release.resolve();
    expect(contentOf((await old) ?? "")).toBe("old");
    expect(contentOf((await one?.get("/a")) ?? "")).toBe("new");
  });

  test("RFC 9875 §3: a group that one invalidates is gone from all", async () => {
    const stub = origin(shared, (request, count) => {
      const fields =
        request.method === "GET" ? { ...FRESH, "cache-groups": '"g"' } : { "cache-group-invalidation": '"g"' };
      return new Response(String(count), { headers: fields });
    });
    const proxy = await startProxy(shared, stub.url, "--workers 2");
    const lines = await lineToEach(shared, proxy, 2);
    for (const { get, worker } of lines) await get(`/${worker}`);
    expect((await statistics(proxy)).cache.entries).toBe(2);
    await lines[0]?.get("/other", "POST");
    expect((await statistics(proxy)).cache.entries).toBe(0);
  });

  test("the log's lines come out whole, also where nobody reads them for a while and the pipe is full", async () => {
    const stub = origin(shared, () => new Response("ok"));
    const read = Promise.withResolvers<void>();
    const proxy = await startProxy(shared, stub.url, "--workers 3 --log json", { readFrom: read.promise });
    const paths = Array.from({ length: 600 }, (_, n) => `/${n}/${"x".repeat(n % 7 === 0 ? 9000 : n % 300)}`);
    const lines = await Promise.all(Array.from({ length: 12 }, () => lineTo(shared, proxy)));
    await Promise.all(
      lines.map(async ({ get }, i) => {
        for (let n = i; n < paths.length; n += lines.length) await get(paths[n] ?? "");
      }),
    );
    read.resolve();
    proxy.signal("SIGTERM");
    expect(await proxy.exited).toBe(0);
    await proxy.stdout.ended;
    const logged = proxy.stdout.all.map((line): { path: string } => JSON.parse(line));
    expect(logged.map(({ path }) => path).sort()).toEqual(paths.sort());
  });
});

describe("the port", () => {
  test.each(["", "--workers 2"])("is taken for another proxy: %s", async (flags) => {
    const stub = origin(shared, () => new Response("ok"));
    const first = await startProxy(shared, stub.url, "--workers 2");
    const further = flags === "" ? [] : flags.split(" ");
    const second = runCommand(shared, ["--port", String(first.port), "--origin", stub.url, ...further]);
    expect(await second.exited).toBe(1);
    await second.stderr.ended;
    expect(second.stderr.all).toHaveLength(1);
    expect(second.stderr.all[0]).toMatch(new RegExp(`^error: port ${first.port} is in use already; try --port \\d+$`));
  });

  test("is both loopback addresses', and free again afterwards", async () => {
    const stub = origin(shared, () => new Response("ok"));
    const proxy = await startProxy(shared, stub.url, "--workers 2");
    expect((await fetch(`http://127.0.0.1:${proxy.port}/`, { proxy: "" })).status).toBe(200);
    expect((await fetch(`http://[::1]:${proxy.port}/`, { proxy: "" })).status).toBe(200);
    proxy.signal("SIGINT");
    expect(await proxy.exited).toBe(0);
    Bun.listen({ hostname: "127.0.0.1", port: proxy.port, socket: { data: () => undefined } }).stop(true);
  });
});

test.each([
  [["--workers", "0"], "0"],
  [["--workers=-1"], "-1"],
  [["--workers", "x"], "x"],
  [["--workers", "1.5"], "1.5"],
  [["--workers", "1000"], "1000"],
])("%j is refused in one sentence", async (flags, text) => {
  const command = runCommand(shared, ["--origin", "http://127.0.0.1:9", ...flags]);
  expect(await command.exited).toBe(2);
  await command.stderr.ended;
  expect(command.stderr.all).toEqual([
    `error: --workers ${JSON.stringify(text)} is no number of workers: write a whole number from 1 to 256, or auto for one on each core`,
  ]);
});

test("one worker is this process and no other", async () => {
  const stub = origin(shared, counted(FRESH));
  const proxy = await startProxy(shared, stub.url, "--workers 1");
  expect(await outcome(proxy, "/a")).toEqual(["MISS", "1"]);
  expect(await statistics(proxy)).not.toHaveProperty("workers");
  expect(await (await ask(proxy, "/health")).json()).not.toHaveProperty("worker");
});
