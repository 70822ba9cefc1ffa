import { expect, test } from "bun:test";
import { type Family, lint, parsePrometheus } from "../observe/prometheus-text.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, outcome, type RunningProxy, startProxy } from "./proxy.ts";
import { lineToEach, statistics } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "max-age=600" };

async function scrape(proxy: RunningProxy): Promise<readonly Family[]> {
  const response = await ask(proxy, "/__admin/metrics");
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return parsePrometheus(await response.text());
}

/** The numbers of all series of this name that have these labels among theirs, added up. */
function sumOf(families: readonly Family[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const series = families.flatMap((family) => family.series).filter((one) => one.name === name);
  const matching = series.filter((one) => Object.entries(labels).every(([label, text]) => one.labels[label] === text));
  return matching.reduce((sum, { value }) => sum + value, 0);
}

test("what was done is what is said, and nothing that a client or an origin sends makes another series", async () => {
  const stub = origin(shared, {
    "/fresh": counted(FRESH),
    "/private": counted({ "cache-control": "private" }),
    "/odd": () => new Response("odd", { status: 599 }),
  });
  const proxy = await startProxy(shared, stub.url, "--log off");
  const before = await scrape(proxy);
  expect(lint(before)).toEqual([]);
  for (let n = 0; n < 3; n++) await outcome(proxy, "/fresh");
  await outcome(proxy, "/private");
  for (const path of ["/odd", "/odd?<script>", '/odd?"} 1']) await outcome(proxy, path);
  const after = await scrape(proxy);
  expect(lint(after)).toEqual([]);
  const names = (families: readonly Family[]): readonly string[] =>
    families.flatMap(({ series }) => series.map((one) => one.name + JSON.stringify(one.labels)));
  expect(names(after)).toEqual(names(before));
  for (const [name, labels, value] of [
    ["caching_proxy_requests_total", { outcome: "hit" }, 2],
    ["caching_proxy_requests_total", { outcome: "miss" }, 5],
    ["caching_proxy_responses_total", { method: "GET", code: "5xx" }, 3],
    ["caching_proxy_request_duration_seconds_count", {}, 7],
    ["caching_proxy_origin_duration_seconds_count", {}, 5],
    ["caching_proxy_response_bytes_total", { outcome: "hit" }, 2],
    ["caching_proxy_not_stored_total", { reason: "private" }, 1],
    ["caching_proxy_saved_requests_total", {}, 2],
    ["caching_proxy_cache_entries", { tier: "memory" }, 1],
    ["caching_proxy_worker_up", { worker: "0" }, 1],
  ] as const) {
    expect([name, sumOf(after, name, labels)]).toEqual([name, value]);
  }
  expect(sumOf(after, "process_resident_memory_bytes")).toBeGreaterThan(1e7);
  expect(sumOf(after, "process_cpu_seconds_total")).toBeGreaterThan(sumOf(before, "process_cpu_seconds_total"));
  expect(sumOf(after, "process_start_time_seconds") * 1000).toBeLessThan(Date.now());
});

test("OpenMetrics for who asks for it, and 401 for who lacks the token", async () => {
  const stub = origin(shared, {});
  const proxy = await startProxy(shared, stub.url, "--log off --admin-token s3cret");
  expect((await ask(proxy, "/__admin/metrics")).status).toBe(401);
  const headers = { authorization: "Bearer s3cret", accept: "application/openmetrics-text;version=1.0.0,*/*;q=0.1" };
  const response = await ask(proxy, "/__admin/metrics", { headers });
  expect(response.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  expect(await response.text()).toEndWith("\n# EOF\n");
});

test("all workers add up, and no counter goes back when one crashes", async () => {
  const stub = origin(shared, counted(FRESH));
  const proxy = await startProxy(shared, stub.url, "--log off --workers 2");
  for (const line of await lineToEach(shared, proxy, 2)) for (let n = 0; n < 5; n++) await line.get("/a");
  const requests = "caching_proxy_requests_total";
  const before = await scrape(proxy);
  expect(lint(before)).toEqual([]);
  expect(sumOf(before, requests)).toBe(10);
  expect(sumOf(before, "caching_proxy_worker_up")).toBe(2);
  const { workers } = await statistics(proxy);
  process.kill(workers[0]?.pid ?? Number.NaN, "SIGKILL");
  await proxy.stderr.find((text) => text.includes("was ended by SIGKILL"));
  // Whoever answers, and whether or not another one has taken its place yet.
  for (let n = 0; n < 5; n++) expect(sumOf(await scrape(proxy), requests)).toBe(10);
  for (const line of await lineToEach(shared, proxy, 2)) await line.get("/a");
  const after = await scrape(proxy);
  expect(sumOf(after, requests)).toBe(12);
  expect(sumOf(after, "caching_proxy_origin_duration_seconds_count")).toBe(3);
  expect(sumOf(after, "caching_proxy_worker_restarts_total", { worker: "1" })).toBe(1);
  expect((await statistics(proxy)).requests.total).toBe(12);
});
