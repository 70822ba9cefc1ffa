import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { watch } from "./events.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, outcome, type RunningProxy, startProxy } from "./proxy.ts";
import { connect } from "./raw.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;

beforeAll(async () => {
  stub = origin(shared, (request) => {
    const { pathname } = new URL(request.url);
    const cacheControl = pathname.startsWith("/private") ? "no-store" : "max-age=600";
    return new Response("body", { headers: { "cache-control": cacheControl } });
  });
  proxy = await startProxy(shared, stub.url, "--log off");
});

async function recent(of: RunningProxy, query = "") {
  const { exchanges, dropped } = JSON.parse(await (await ask(of, `/__admin/recent${query}`)).text());
  return { paths: exchanges.map(({ path }: { path: string }) => path), exchanges, dropped };
}

describe("GET /__admin/events", () => {
  test("says hello, then what passes, as it passes", async () => {
    await using stack = new AsyncDisposableStack();
    const response = await ask(proxy, "/__admin/events", { signal: AbortSignal.timeout(5000) });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const reader = response.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first).toMatch(/^event: hello\ndata: {"name":"caching-proxy",.*"origin":".*","workers":1,"now":\d+}\n\n$/);
    await reader?.cancel();

    const watcher = await watch(stack, proxy);
    await outcome(proxy, "/seen?x=1");
    await outcome(proxy, "/seen?x=1");
    const [miss, hit] = await watcher.until(2);
    expect(miss).toMatchObject({ outcome: "miss", fwd: "uri-miss", path: "/seen?x=1", status: 200, stored: true });
    expect(miss?.client).toBe("127.0.0.1");
    expect(miss?.originMs).toBeGreaterThan(0);
    expect(hit).toMatchObject({ outcome: "hit", tier: "memory", worker: 0, bytes: 4, publicOrigin: proxy.url });
    const { data } = await watcher.next("stats");
    expect(data).toMatchObject({ requests: { total: expect.any(Number) }, cache: { errors: 0 } });
  });

  test("with a filter, what it wants; with a backlog, what was there before as well", async () => {
    await using stack = new AsyncDisposableStack();
    await outcome(proxy, "/private/1");
    await outcome(proxy, "/private/2");
    const filter = encodeURIComponent("no-store and path~/private*");
    const watcher = await watch(stack, proxy, `?backlog=1&filter=${filter}`);
    await outcome(proxy, "/other");
    await outcome(proxy, "/private/3");
    expect((await watcher.until(2)).map(({ path }) => path)).toEqual(["/private/2", "/private/3"]);
  });

  test("by path: what each second adds up to", async () => {
    await using stack = new AsyncDisposableStack();
    const watcher = await watch(stack, proxy, "?view=paths&filter=path~/summed*");
    for (const path of ["/summed?a", "/summed?a", "/summed?b", "/elsewhere"]) await outcome(proxy, path);
    await outcome(proxy, "/summed/2");
    const totals = new Map<string, number[]>();
    let seen = 0;
    while (seen < 4) {
      const { data } = await watcher.next("paths");
      const { paths, seen: now, dropped } = JSON.parse(JSON.stringify(data));
      expect(dropped).toBe(0);
      seen += now;
      for (const { method, path, requests, misses, bytes, errors } of paths) {
        const sum = totals.get(`${method} ${path}`) ?? [0, 0, 0, 0];
        totals.set(
          `${method} ${path}`,
          [requests, misses, bytes, errors].map((value, i) => value + (sum[i] ?? 0)),
        );
      }
    }
    expect(Object.fromEntries(totals)).toEqual({ "GET /summed": [3, 2, 12, 0], "GET /summed/2": [1, 1, 4, 0] });
  });

  test("HEAD has its fields and ends", async () => {
    const response = await ask(proxy, "/__admin/events", { method: "HEAD" });
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      ...[200, "text/event-stream; charset=utf-8", ""],
    ]);
  });

  test("who does not read does not hold up anybody, and hears how much he missed", async () => {
    await using stack = new AsyncDisposableStack();
    const own = await startProxy(stack, stub.url, "--log off");
    const slow = await connect(stack, own.port);
    slow.write("GET /__admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await slow.until((received) => received.includes("event: hello"));
    slow.socket.pause();
    const quick = await watch(stack, own);
    // Far more than a ring holds, and than sockets and streams take up for one who does not read.
    const path = `/${"long".repeat(1000)}`;
    const asks = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await outcome(own, path);
    };
    await Promise.all(Array.from({ length: 16 }, () => asks(375)));
    let seen = 0;
    let dropped = 0;
    while (seen + dropped < 6000) {
      const { data } = await quick.next("exchanges");
      seen += data.exchanges.length;
      dropped += data.dropped;
    }
    expect(seen + dropped).toBe(6000);
    slow.socket.resume();
    await slow.until((received) => /"dropped":[1-9]/.test(received));
  }, 20_000);

  test("so many may watch; who leaves makes room", async () => {
    await using stack = new AsyncDisposableStack();
    const own = await startProxy(stack, stub.url, "--log off");
    const watchers = await Promise.all(Array.from({ length: 64 }, () => watch(stack, own)));
    const refused = await ask(own, "/__admin/events");
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining("64 streams of events")]);
    watchers[7]?.leave();
    for (;;) {
      const response = await ask(own, "/__admin/events", { signal: AbortSignal.timeout(5000) });
      await response.body?.cancel();
      if (response.status === 200) break;
    }
  });

  test("streams end when the proxy stops, which does not wait for them", async () => {
    await using stack = new AsyncDisposableStack();
    const own = await startProxy(stack, stub.url, "--log off");
    const watchers = [await watch(stack, own), await watch(stack, own, "?view=paths")];
    const raw = await connect(stack, own.port);
    raw.write("GET /__admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await raw.until((received) => received.includes("event: hello"));
    own.signal("SIGTERM");
    await Promise.all(watchers.map((watcher) => watcher.ended()));
    expect(await own.exited).toBe(0);
    await own.stderr.ended;
    expect(own.stderr.all.join("\n")).not.toContain("cut off");
  });

  test.each([
    ["?filter=hit+or+mis", 'The filter cannot be read: \\"mis\\" is no word of a filter'],
    ["?filter=hit+or+mis", "(at character 8)."],
    ["?view=trees", "is none: write exchanges or paths"],
    ["?backlog=many", "is no number of exchanges"],
    ["?limit=3", "There is no parameter limit. There are: view, filter, backlog, secrets."],
  ])("%s is refused", async (query, why) => {
    const response = await ask(proxy, `/__admin/events${query}`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(why)]);
  });
});

describe("GET /__admin/recent", () => {
  test("shows what is remembered, the newest first", async () => {
    for (const path of ["/r/1", "/r/2", "/r/1"]) await outcome(proxy, path);
    expect((await recent(proxy, "?limit=2")).paths).toEqual(["/r/1", "/r/2"]);
    const found = await recent(proxy, "?filter=path~/r/*+miss");
    expect([found.paths, found.dropped]).toEqual([["/r/2", "/r/1"], 0]);
    expect(await recent(proxy, "?filter=path~/r/*&limit=1")).toMatchObject({ paths: ["/r/1"], dropped: 2 });
  });

  test("is guarded like all of them", async () => {
    await using stack = new AsyncDisposableStack();
    const guarded = await startProxy(stack, stub.url, "--admin-token s3cret --log off");
    for (const path of ["/__admin/events", "/__admin/recent"]) {
      expect((await ask(guarded, path)).status).toBe(401);
      expect((await ask(proxy, path, { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
    }
  });
});

test("the tier below the memory is named where it answered", async () => {
  await using stack = new AsyncDisposableStack();
  const path = join(await scratch(stack), "cache.db");
  // Each listens on a port of its own, and another name is another response.
  const headers = { host: "localhost" };
  const first = await startProxy(stack, stub.url, `--log off --store sqlite:${path}`);
  await outcome(first, "/kept", { headers });
  first.signal("SIGTERM");
  await first.exited;
  const again = await startProxy(stack, stub.url, `--log off --store sqlite:${path}`);
  for (let i = 0; i < 2; i++) await outcome(again, "/kept", { headers });
  const { exchanges } = await recent(again);
  expect(exchanges.map(({ tier }: { tier?: string }) => tier)).toEqual(["memory", "sqlite"]);
});

test("several workers: what each saw, from whichever is asked, each once", async () => {
  await using stack = new AsyncDisposableStack();
  const several = await startProxy(stack, stub.url, "--workers 2 --log off");
  const lines = await lineToEach(stack, several, 2);
  const watchers = [
    await watch(stack, several),
    await watch(stack, several),
    await watch(stack, several, "?filter=miss"),
  ];
  for (let i = 0; i < 10; i++) for (const line of lines) await line.get(`/w/${i}`);
  for (const watcher of watchers) {
    const exchanges = await watcher.until(20);
    expect(new Set(exchanges.map(({ id }) => id)).size).toBe(20);
    expect(exchanges.map(({ worker }) => worker).sort()).toEqual([...Array(10).fill(1), ...Array(10).fill(2)]);
  }
  expect((await recent(several, "?limit=100")).paths).toHaveLength(20);
});
