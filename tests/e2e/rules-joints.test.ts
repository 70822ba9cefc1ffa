import { describe, expect, test } from "bun:test";
import { startRuled } from "./folder.ts";
import { counted, origin } from "./origin.ts";
import { ask, cacheStatus, outcome, runCommand, xCache } from "./proxy.ts";

describe("what a rule does for some is not shared with others", () => {
  test("another host for some passes the cache by", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, ({ headers }) => {
      return new Response(headers.get("host"), { headers: { "cache-control": "max-age=60" } });
    });
    const match = { path: "/*", headers: { "x-tenant": "a" } };
    const proxy = await startRuled(stack, upstream.url, [{ match, request: { headers: { host: "a.example" } } }]);
    const tenant = { headers: { "x-tenant": "a" } };
    expect(await outcome(proxy, "/x", tenant)).toEqual(["BYPASS", "a.example"]);
    const own = `127.0.0.1:${upstream.port}`;
    expect(await outcome(proxy, "/x")).toEqual(["MISS", own]);
    expect(await outcome(proxy, "/x", tenant)).toEqual(["BYPASS", "a.example"]);
    expect(await outcome(proxy, "/x")).toEqual(["HIT", own]);
  });

  test("a ttl for some does not store what the origin keeps from others", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, {
      "/mine": counted({ "cache-control": "private" }),
      "/all": counted({ "cache-control": "max-age=1" }),
    });
    const proxy = await startRuled(stack, upstream.url, [{ match: { headers: { "x-a": "1" } }, ttl: "5m" }]);
    const some = { headers: { "x-a": "1" } };
    expect(cacheStatus(await ask(proxy, "/mine", some))).toContain("detail=private");
    expect(await outcome(proxy, "/mine")).toEqual(["MISS", "2"]);
    const stored = await ask(proxy, "/all", some);
    expect(cacheStatus(stored)).toContain("stored; ttl=300");
    await stored.text();
    // Who is not meant by the rule is not told what it said to the cache.
    const other = await ask(proxy, "/all");
    expect([xCache(other), other.headers.get("cdn-cache-control")]).toEqual(["HIT", null]);
  });
});

test("what tells the origin for whom it is asked is set behind what the proxy sets", async () => {
  await using stack = new AsyncDisposableStack();
  const upstream = origin(stack, counted({ "cache-control": "max-age=60" }));
  const headers = { "x-forwarded-host": "shop.example", "x-real-ip": "192.0.2.1", "x-forwarded-for": null };
  const proxy = await startRuled(stack, upstream.url, [{ request: { headers } }]);
  expect(await outcome(proxy, "/a")).toEqual(["MISS", "1"]);
  expect(await outcome(proxy, "/a")).toEqual(["HIT", "1"]);
  const sent = upstream.seen[0]?.headers;
  expect([sent?.get("x-forwarded-host"), sent?.get("x-real-ip"), sent?.get("x-forwarded-for")]).toEqual([
    "shop.example",
    "192.0.2.1",
    null,
  ]);
});

test("an answer with another status is whole, whatever the client has of it", async () => {
  await using stack = new AsyncDisposableStack();
  const upstream = origin(stack, counted({ "cache-control": "max-age=60", etag: '"e"' }));
  const proxy = await startRuled(stack, upstream.url, [{ match: "/a", response: { status: 503 } }]);
  await outcome(proxy, "/a");
  for (const headers of [{ "if-none-match": '"e"' }, { range: "bytes=0-0" }]) {
    const response = await ask(proxy, "/a", { headers });
    expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([503, "1", null]);
  }
});

describe("an unsafe request invalidates what a GET for its URL would be given", () => {
  test("where another origin takes writes", async () => {
    await using stack = new AsyncDisposableStack();
    const reads = origin(stack, counted({ "cache-control": "max-age=60" }));
    const writes = origin(stack, counted({ "content-location": "/list" }));
    const rule = { match: { path: "/*", method: "PUT" }, origin: `${writes.url}/v1` };
    const proxy = await startRuled(stack, reads.url, [rule]);
    await outcome(proxy, "/x");
    await outcome(proxy, "/list");
    expect(await outcome(proxy, "/x", { method: "PUT" })).toEqual(["BYPASS", "1"]);
    expect(await outcome(proxy, "/x")).toEqual(["MISS", "2"]);
    expect(await outcome(proxy, "/list")).toEqual(["MISS", "2"]);
  });

  test("where parameters are dropped from GET alone", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "max-age=60" }));
    const proxy = await startRuled(stack, upstream.url, [{ match: "GET /*", key: { ignore: ["utm_*"] } }]);
    await outcome(proxy, "/x?utm_source=a");
    await outcome(proxy, "/x?utm_source=b", { method: "PUT" });
    expect(await outcome(proxy, "/x")).toEqual(["MISS", "3"]);
  });
});

test("explaining knows what a rule passes on, whatever is stored", async () => {
  await using stack = new AsyncDisposableStack();
  const upstream = origin(stack, counted({ "cache-control": "max-age=60" }));
  const proxy = await startRuled(stack, upstream.url, [{ match: "/cart", cache: false }]);
  const verdict = async (url: string) => JSON.parse((await outcome(proxy, `/__admin/explain?url=${url}`))[1]).verdict;
  expect(await verdict("/cart")).toEqual({ type: "bypass", fwd: "bypass", detail: "rule" });
  expect(await verdict("/other")).toEqual({ type: "forward", fwd: "uri-miss" });
  const command = runCommand(stack, ["explain", "/cart", "--port", String(proxy.port)]);
  expect(await command.exited).toBe(0);
  expect(command.stdout.all.join("\n")).toContain("bypass, rule");
});
