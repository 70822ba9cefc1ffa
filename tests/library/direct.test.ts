import { expect, test } from "bun:test";
import { Elysia } from "elysia";
import { Hono } from "hono";
import { createProxy, type ProxyOptions } from "../../src/index.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { counted, origin } from "../e2e/origin.ts";

const stack = cleanup();
const FRESH = { "cache-control": "max-age=60", "content-type": "text/plain" };
const api = origin(stack, {
  "/a": counted(FRESH),
  "/base/a": counted(FRESH),
  "/echo": async (request) =>
    new Response(await request.text(), { headers: { "x-for": request.headers.get("x-forwarded-for") ?? "nobody" } }),
});

function direct(options: Partial<ProxyOptions> = {}) {
  const proxy = stack.use(createProxy(Object.assign({ origin: api.url }, options)));
  const ask = (path: string, init?: RequestInit) => proxy.fetch(new Request(`http://localhost${path}`, init));
  return { proxy, ask };
}

test("requests are answered without a socket, from the cache where that may be", async () => {
  const { proxy, ask } = direct();
  const first = await ask("/a");
  const second = await ask("/a");
  expect([first.headers.get("x-cache"), second.headers.get("x-cache")]).toEqual(["MISS", "HIT"]);
  expect(await first.text()).toBe(await second.text());
  expect(second.headers.get("date")).not.toBeNull();
  const head = await ask("/a", { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect(proxy.requests()).toHaveLength(3);
  expect(await proxy.purge("http://localhost/a")).toBe(1);
});

test("content goes to the origin, and nobody is named as its client", async () => {
  const response = await direct().ask("/echo", { method: "POST", body: "sent" });
  expect([await response.text(), response.headers.get("x-for")]).toEqual(["sent", "nobody"]);
});

test("what names no host is refused, as by a socket", async () => {
  expect((await direct().ask("/a", { headers: { host: "a, b" } })).status).toBe(400);
});

test("the admin paths and PURGE want a token, whatever host is named; health does not", async () => {
  const { ask } = direct();
  expect((await ask("/__admin/stats")).status).toBe(403);
  expect((await ask("/__admin")).status).toBe(403);
  expect((await ask("/a", { method: "PURGE" })).status).toBe(403);
  expect((await ask("/health")).status).toBe(200);
  const { ask: known } = direct({ adminToken: "secret" });
  expect((await known("/__admin/stats")).status).toBe(401);
  expect((await known("/__admin/stats", { headers: { authorization: "Bearer secret" } })).status).toBe(200);
});

test.each(["reset", "empty"] as const)("a fault that is a %s is a rejection", async (type) => {
  const { proxy, ask } = direct({ rules: [{ fault: { type } }] });
  await expect(ask("/a")).rejects.toThrow(`the connection was lost (fault-${type})`);
  await expect(ask("/a", { method: "HEAD" })).rejects.toThrow(TypeError);
  expect(proxy.requests()).toMatchObject([{ detail: `fault-${type}` }, { detail: `fault-${type}` }]);
});

test("a fault by which nobody answers lasts until whoever asks gives up", async () => {
  const { ask } = direct({ rules: [{ fault: { type: "timeout" } }] });
  const leaving = new AbortController();
  const answer = ask("/a", { signal: leaving.signal });
  leaving.abort(new Error("enough"));
  await expect(answer).rejects.toThrow("enough");
  await expect(ask("/a", { signal: leaving.signal })).rejects.toThrow("enough");
});

test("a body that breaks off fails whoever reads it, with an error", async () => {
  const response = await direct({ rules: [{ fault: { type: "truncated" } }] }).ask("/a");
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow("the body broke off");
});

test("a server of Bun's takes it as the module's default export would be taken", async () => {
  const { proxy } = direct();
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: proxy.fetch });
  stack.defer(() => server.stop(true));
  const response = await fetch(`${server.url}a`);
  expect([response.status, response.headers.get("content-length"), response.headers.get("x-cache")]).toEqual([
    ...[200, "1", "MISS"],
  ]);
  expect((await fetch(`${server.url}__admin/stats`)).status).toBe(403);
  const echoed = await fetch(`${server.url}echo`, { method: "POST", body: "x".repeat(100_000) });
  expect(await echoed.text()).toHaveLength(100_000);
});

test("Hono takes it as a route and as a part of its own paths", async () => {
  const { proxy } = direct();
  const app = new Hono().get("/own", (c) => c.text("own")).mount("/below", proxy.fetch);
  app.all("/*", (c) => proxy.fetch(c.req.raw));
  expect(await (await app.request("/own")).text()).toBe("own");
  expect((await app.request("/a")).headers.get("x-cache")).toBe("MISS");
  expect((await app.request("/below/a")).headers.get("x-cache")).toBe("HIT");
  expect(proxy.requests().map(({ path }) => path)).toEqual(["/a", "/a"]);
});

test("Elysia takes it as a route and as a part of its own paths, also where it listens", async () => {
  const { proxy } = direct();
  const app = new Elysia().get("/own", () => "own").mount("/below", proxy.fetch);
  app.all("/*", ({ request }) => proxy.fetch(request));
  const ask = (path: string, init?: RequestInit) => app.handle(new Request(`http://localhost${path}`, init));
  expect(await (await ask("/own")).text()).toBe("own");
  expect((await ask("/a")).headers.get("x-cache")).toBe("MISS");
  expect((await ask("/below/a?")).headers.get("x-cache")).toBe("HIT");
  app.listen({ port: 0, hostname: "127.0.0.1" });
  stack.defer(async () => void (await app.stop(true)));
  const echoed = await fetch(`http://127.0.0.1:${app.server?.port}/below/echo`, {
    method: "POST",
    body: "x".repeat(100_000),
  });
  expect(await echoed.text()).toHaveLength(100_000);
  expect(proxy.requests().map(({ path }) => path)).toEqual(["/a", "/a", "/echo"]);
});
