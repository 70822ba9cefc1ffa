import { beforeAll, describe, expect, test } from "bun:test";
import manifest from "../../package.json" with { type: "json" };
import { cleanup } from "./cleanup.ts";
import { counted, origin, type StubOrigin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy } from "./proxy.ts";
import { exchange, statusOf } from "./raw.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;

beforeAll(async () => {
  stub = origin(shared, {
    "/fresh": counted({ "cache-control": "max-age=60" }),
    "/health": () => new Response("the origin's own"),
  });
  proxy = await startProxy(shared, stub.url);
});

const PATHS = [
  ["/health", "GET, HEAD, OPTIONS"],
  ["/__admin/", "GET, HEAD, OPTIONS"],
  ["/__admin/stats", "GET, HEAD, OPTIONS"],
  ["/__admin/metrics", "GET, HEAD, OPTIONS"],
  ["/__admin/entries", "GET, HEAD, OPTIONS"],
  ["/__admin/clear-cache", "POST, OPTIONS"],
] as const;

describe("our own paths", () => {
  test("GET /health", async () => {
    const response = await ask(proxy, "/health");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({ status: "ok", name: "caching-proxy", version: manifest.version });
  });

  test("GET /__admin/ is the live page, in one piece", async () => {
    const response = await ask(proxy, "/__admin/");
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(response.headers.get("content-security-policy")).toStartWith("default-src 'none'; script-src 'sha256-");
    const html = await response.text();
    expect(html).toStartWith("<!doctype html>");
    expect(html.length).toBeGreaterThan(50_000);
    const { status, headers } = await ask(proxy, "/__admin", { redirect: "manual" });
    expect([status, headers.get("location")]).toEqual([308, "/__admin/"]);
  });

  test("POST /__admin/clear-cache says how many went, and they are gone", async () => {
    await ask(proxy, "/__admin/clear-cache", { method: "POST" });
    for (const path of ["/fresh?1", "/fresh?2"]) await outcome(proxy, path);
    const response = await ask(proxy, "/__admin/clear-cache", { method: "POST" });
    expect([response.status, await response.json()]).toEqual([200, { cleared: 2 }]);
    expect((await outcome(proxy, "/fresh?1"))[0]).toBe("MISS");
  });

  test("GET /__admin/stats adds up", async () => {
    const own = await startProxy(shared, stub.url, "--max-size 8mb");
    await outcome(own, "/fresh?stats");
    const [, body] = await outcome(own, "/fresh?stats");
    await outcome(own, "/fresh?stats", { method: "POST" });
    await ask(own, "/health");
    const stats: { cache: unknown; originLatencyMs: { p50: number } } = JSON.parse(
      await (await ask(own, "/__admin/stats")).text(),
    );
    expect(stats).toMatchObject({
      name: "caching-proxy",
      origin: `${stub.url}/`,
      requests: { total: 3, hit: 1, miss: 1, bypass: 1, stale: 0, revalidated: 0, error: 0 },
      hitRatio: 1 / 3,
      bytesSaved: body.length,
      cache: { entries: 0, evictions: 0 },
      originLatencyMs: { count: 2 },
    });
    for (const name of ["uptimeSeconds", "originLatencyMs", "cache"]) expect(stats).toHaveProperty(name);
    expect(JSON.stringify(stats.cache)).toContain(String(8 * 1024 * 1024));
    expect(stats.originLatencyMs.p50).toBeGreaterThan(0);
  });

  test.each(PATHS)("%s: another method is 405 with Allow, as a problem", async (path, allow) => {
    const method = allow.startsWith("GET") ? "POST" : "GET";
    for (const wrong of [method, "DELETE"]) {
      const response = await ask(proxy, path, { method: wrong });
      expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    }
  });

  test.each(PATHS)("%s: OPTIONS says %s", async (path, allow) => {
    const response = await ask(proxy, path, { method: "OPTIONS" });
    expect([response.status, response.headers.get("allow"), await response.text()]).toEqual([204, allow, ""]);
  });

  test.each(["/health", "/__admin/stats"])("%s: HEAD has the fields of GET and no content", async (path) => {
    const response = await ask(proxy, path, { method: "HEAD" });
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "application/json",
      "",
    ]);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(10);
  });

  test("an unknown one is our 404 and none of the origin's business", async () => {
    const asked = stub.seen.length;
    for (const path of ["/__admin/nothing"]) {
      const response = await ask(proxy, path);
      expect([response.status, response.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
    expect(stub.seen).toHaveLength(asked);
  });

  test("--admin-prefix and --health-path move them out of the origin's way", async () => {
    const moved = await startProxy(shared, stub.url, "--admin-prefix /ours --health-path /ours/health");
    expect((await outcome(moved, "/health"))[1]).toBe("the origin's own");
    expect((await ask(moved, "/ours/health")).status).toBe(200);
    expect((await ask(moved, "/ours/stats")).status).toBe(200);
    expect((await ask(moved, "/__admin/stats")).headers.get("x-cache")).toBe("MISS");
  });
});

describe("who may use them on loopback", () => {
  const clear = (fields: string) =>
    exchange(
      proxy.port,
      `POST /__admin/clear-cache HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n${fields}\r\n`,
    );

  test.each(["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])("a program that calls it %s", async (name) => {
    expect(statusOf(await clear(`Host: ${name}:${proxy.port}\r\n`))).toBe(200);
  });

  test.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.0.1"])(
    "not by another name, which DNS may have been made to point here: %s",
    async (name) => {
      expect(statusOf(await clear(`Host: ${name}:${proxy.port}\r\n`))).toBe(403);
    },
  );

  test.each([
    "Sec-Fetch-Site: cross-site",
    "Sec-Fetch-Site: same-site",
    "Origin: https://evil.example",
    "Origin: null",
    "Origin: http://localhost:1",
  ])("not another site's page: %s", async (field) => {
    await outcome(proxy, "/fresh?csrf");
    expect(statusOf(await clear(`Host: localhost:${proxy.port}\r\n${field}\r\n`))).toBe(403);
    expect((await outcome(proxy, "/fresh?csrf"))[0]).toBe("HIT");
  });

  test.each(["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none"])("a page of ours: %s", async (field) => {
    expect(statusOf(await clear(`Host: localhost:${proxy.port}\r\n${field}\r\n`))).toBe(200);
  });
});

describe("--admin-token", () => {
  test("asks for it on all but the health check", async () => {
    const guarded = await startProxy(shared, stub.url, "--admin-token s3cret");
    for (const headers of [
      {},
      { authorization: "Bearer s3cre" },
      { authorization: "Basic s3cret" },
      { authorization: "Bearer s3cret2" },
    ]) {
      const response = await ask(guarded, "/__admin/stats", { headers });
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([
        401,
        'Bearer realm="caching-proxy"',
      ]);
    }
    const headers = { authorization: "Bearer s3cret", "sec-fetch-site": "cross-site" };
    expect((await ask(guarded, "/__admin/stats", { headers })).status).toBe(200);
    // The page asks for the token itself.
    expect((await ask(guarded, "/__admin/")).status).toBe(200);
    expect((await ask(guarded, "/__admin/clear-cache", { method: "POST", headers })).status).toBe(200);
    expect((await ask(guarded, "/health")).status).toBe(200);
  });

  test("comes from the environment as well, for the commands too", async () => {
    const env = { CACHING_PROXY_ADMIN_TOKEN: "s3cret" };
    const guarded = await startProxy(shared, stub.url, "", { env });
    expect((await ask(guarded, "/__admin/stats")).status).toBe(401);
    const clear = ["clear", "--port", String(guarded.port)];
    expect(await runCommand(shared, clear, { env }).exited).toBe(0);
    expect(await runCommand(shared, clear).exited).toBe(1);
  });
});
