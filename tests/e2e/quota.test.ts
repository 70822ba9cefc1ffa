import { describe, expect, test } from "bun:test";
import type { QuotaFigures } from "../../src/http/quota.ts";
import { parsePrometheus } from "../observe/prometheus-text.ts";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, runCommand, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();

type OwnQuota = {
  readonly limit: number;
  readonly windowMs: number;
  readonly fields?: Readonly<Record<string, string>>;
};

/** An origin that really counts: so many requests in a window that begins with the first, and 429 for all others of it. */
function counting({ limit, windowMs, fields = {} }: OwnQuota): StubOrigin {
  let [used, resetsAt] = [0, 0];
  return origin(shared, (_, count) => {
    const now = Date.now();
    if (now >= resetsAt) [used, resetsAt] = [0, now + windowMs];
    used++;
    const seconds = String(Math.ceil((resetsAt - now) / 1000));
    const quota = {
      ratelimit: `"all";r=${Math.max(0, limit - used)};t=${seconds}`,
      "ratelimit-policy": `"all";q=${limit}`,
    };
    return used > limit
      ? new Response("too many", { status: 429, headers: { ...quota, "retry-after": seconds } })
      : new Response(String(count), { headers: { ...quota, ...fields } });
  });
}

type Stats = {
  readonly originQuota?: QuotaFigures;
  readonly reasons: { readonly failed: Readonly<Record<string, number>> };
};

async function statsOf(proxy: RunningProxy): Promise<Stats> {
  return JSON.parse(await (await ask(proxy, "/__admin/stats")).text());
}

const counts = (stub: StubOrigin): number => stub.seen.length;

describe("a quota that is used up", () => {
  test("is asked for once more, and then no more; what is stored stands in; stats, metrics, log and report tell", async () => {
    const stub = counting({ limit: 3, windowMs: 3_600_000, fields: { "cache-control": "max-age=0", etag: '"1"' } });
    const proxy = await startProxy(shared, stub.url, "--quota 0%");
    for (const path of ["/a", "/b", "/c"]) expect(await outcome(proxy, path)).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/d")).toEqual(["MISS", "too many"]);
    expect(counts(stub)).toBe(4);
    for (const path of ["/a", "/b"]) expect(await outcome(proxy, path)).toEqual(["STALE", "1"]);
    const refused = await ask(proxy, "/e");
    expect([refused.status, xCache(refused)]).toEqual([429, "MISS"]);
    expect(cacheStatus(refused)).toBe("caching-proxy; fwd=uri-miss; detail=origin-rate-limited");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3000);
    expect(await refused.json()).toMatchObject({ status: 429, title: "Rate limit of the origin", origin: stub.url });
    expect((await ask(proxy, "/f", { headers: { "x-api-key": "another" } })).status).toBe(429);
    expect(counts(stub)).toBe(5);

    const stats = await statsOf(proxy);
    expect(stats.originQuota).toMatchObject({ strictest: { policy: "all", limit: 3, remaining: 0 }, delayed: 0 });
    const until = stats.originQuota?.refusedUntil ?? 0;
    expect(until).toBeGreaterThan(Date.now() + 3_000_000);
    expect(stats.reasons.failed).toEqual({ "origin-rate-limited": 3 });
    const metrics = parsePrometheus(await (await ask(proxy, "/__admin/metrics")).text());
    const value = (name: string): number | undefined =>
      metrics.flatMap(({ series }) => series).find((one) => one.name === name)?.value;
    expect(value("caching_proxy_origin_quota_remaining")).toBe(0);
    expect(value("caching_proxy_origin_quota_limit")).toBe(3);
    expect(value("caching_proxy_origin_refused_until_seconds")).toBe(until / 1000);
    expect(await proxy.stdout.find((line) => line.includes('"path":"/e"'))).toContain("detail=origin-rate-limited");
    const report = runCommand(shared, ["stats", "--port", String(proxy.port)]);
    expect(await report.stdout.find((line) => line.includes("origin quota"))).toMatch(
      /^ {2}origin quota 0 of 3 left until \d\d:\d\d:\d\d, refuses until \d\d:\d\d:\d\d$/,
    );
  });

  test("is asked for again once the origin has said", async () => {
    const stub = counting({ limit: 1, windowMs: 900 });
    const proxy = await startProxy(shared, stub.url, "--quota 0% --log off");
    await outcome(proxy, "/a");
    expect(await outcome(proxy, "/b")).toEqual(["MISS", "too many"]);
    let tries = 0;
    while ((await ask(proxy, "/c")).status === 429) {
      tries++;
      await Bun.sleep(20);
    }
    expect(tries).toBeGreaterThan(0);
    expect(stub.seen.map(({ path }) => path)).toEqual(["/a", "/b", "/c"]);
  });

  test("--quota off asks all the same, and says nothing", async () => {
    const stub = counting({ limit: 1, windowMs: 3_600_000, fields: { "cache-control": "max-age=0" } });
    const proxy = await startProxy(shared, stub.url, "--quota off --log off");
    for (const path of ["/a", "/b", "/c"]) await outcome(proxy, path);
    expect(counts(stub)).toBe(3);
    const stats = await statsOf(proxy);
    expect(stats).not.toHaveProperty("originQuota");
    expect(await (await ask(proxy, "/__admin/metrics")).text()).not.toContain("caching_proxy_origin_quota");
  });
});

describe("little that is left", () => {
  test("lasts: requests take turns, and none is lost", async () => {
    // All but the first are near the limit, and the window is over within a moment.
    const stub = counting({ limit: 6, windowMs: 1000 });
    const proxy = await startProxy(shared, stub.url, "--quota 100% --log off");
    await outcome(proxy, "/0");
    const order: string[] = [];
    const one = async (path: string): Promise<void> => {
      expect(await outcome(proxy, path)).toEqual(["MISS", "1"]);
      order.push(path);
    };
    await Promise.all(["/1", "/2", "/3", "/4"].map(one));
    expect(order).toHaveLength(4);
    expect(counts(stub)).toBe(5);
    const stats = await statsOf(proxy);
    // The window may be over before the last one comes.
    expect(stats.originQuota?.delayed).toBeGreaterThanOrEqual(2);
  });

  test("is kept for what nothing stored can answer", async () => {
    const stub = counting({ limit: 6, windowMs: 60_000, fields: { "cache-control": "max-age=0", etag: '"1"' } });
    const proxy = await startProxy(shared, stub.url, "--quota 100% --log off");
    await outcome(proxy, "/a");
    const stale = await ask(proxy, "/a");
    expect(xCache(stale)).toBe("STALE");
    expect(cacheStatus(stale)).toMatch(/^caching-proxy; fwd=stale; ttl=-\d+; key="\/a"; detail=origin-quota-low$/);
    expect(counts(stub)).toBe(1);
  });
});

test("of several workers the statistics show the strictest", async () => {
  const stub = counting({ limit: 1000, windowMs: 3_600_000 });
  const proxy: RunningProxy = await startProxy(shared, stub.url, "--workers 2 --log off");
  for (let n = 0; n < 8; n++) await outcome(proxy, `/${n}`);
  expect(await statsOf(proxy)).toMatchObject({
    originQuota: { strictest: { limit: 1000, remaining: 992 }, delayed: 0 },
  });
});
