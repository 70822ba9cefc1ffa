import { beforeEach, describe, expect, test } from "bun:test";
import { admin, json } from "../../src/admin/admin.ts";
import type { Access } from "../../src/admin/guard.ts";
import type { Incoming, Reply } from "../../src/http/exchange.ts";
import { made } from "../http/made.ts";
import { asking } from "./asking.ts";

let cleared = 0;

beforeEach(() => {
  cleared = 0;
});

const operations = {
  health: () => json({ status: "ok" }),
  stats: async () => json({ requests: { total: 3 }, word: "é" }),
  explain: () => json({}),
  entries: () => json({ entries: [] }),
  clearCache: () => {
    cleared++;
    return json({ cleared: 7 });
  },
  purge: () => json({ purged: 1 }),
  events: () => json({}),
  recent: () => json({ exchanges: [], dropped: 0 }),
  metrics: () => json("metrics"),
  history: () => json({ seconds: [] }),
  refresh: () => json({ status: 200 }),
  compare: () => json({ stored: null, live: {} }),
  takeArchive: () => json({ entries: 0 }),
  giveArchive: () => json({ log: {} }),
  fixtures: () => json({ fixtures: 0 }),
  rules: () => json({ rules: [] }),
  lanes: () => json({ lanes: [] }),
  lane: ({ url }: Incoming) => json({ lane: url.pathname }),
  resetLane: () => json({ reset: true }),
  switchScenario: () => json({ scenario: "a" }),
  putRules: () => json({ rules: 1 }),
  offline: () => json({ offline: false }),
  switchOffline: () => json({ offline: true }),
  page: () => json({ page: true }),
};

const LOOPBACK: Access = { type: "loopback" };
const fromOrigin: Reply = { response: new Response("of the origin") };

/** Asks a layer with the given paths; what goes on to the next handler is answered by the origin. */
async function ask(
  path: string,
  method = "GET",
  headers: Record<string, string> = {},
  { prefix = "/__admin", health = "/health", access = LOOPBACK } = {},
): Promise<Reply> {
  const layer = admin({ prefix, health }, operations, access);
  return layer(async () => fromOrigin)(asking(`http://localhost:3000${path}`, method, headers));
}

describe("what is ours is answered", () => {
  test.each([
    ["GET", "/health", { status: "ok" }],
    ["GET", "/health?x=1", { status: "ok" }],
    ["GET", "/__admin/stats", { requests: { total: 3 }, word: "é" }],
    ["POST", "/__admin/clear-cache", { cleared: 7 }],
    ["GET", "/__admin/lanes/a/requests", { lane: "/__admin/lanes/a/requests" }],
    ["DELETE", "/__admin/lanes/a", { reset: true }],
    ["PUT", "/__admin/scenario", { scenario: "a" }],
    ["GET", "/__admin/offline", { offline: false }],
    ["PUT", "/__admin/offline", { offline: true }],
  ])("%s %s", async (method, path, json) => {
    const { response } = await ask(path, method);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    const text = await made(response).text();
    expect(JSON.parse(text)).toEqual(json);
    expect(text).toEndWith("\n");
    expect(response.headers.get("content-length")).toBe(String(Buffer.byteLength(text)));
  });

  test.each(["/", "/healthy", "/health/", "/Health", "/__adminx", "/__ADMIN/stats", "/x/__admin/stats", "//health"])(
    "%s is the origin's",
    async (path) => {
      for (const method of ["GET", "POST", "DELETE"]) expect(await ask(path, method)).toBe(fromOrigin);
    },
  );

  test.each(["/__admin/nothing", "/__admin/stats/", "/__admin/clear-cache/x"])(
    "%s is ours and nothing: 404 that says what there is",
    async (path) => {
      const { response } = await ask(path);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      const text = await made(response).text();
      expect(text).toContain(path);
      expect(text).toContain("/__admin/stats");
    },
  );
});

describe("moved", () => {
  const moved = { prefix: "/_cache/own", health: "/healthz" };

  test("the admin paths go, and the old ones are the origin's", async () => {
    expect((await ask("/_cache/own/stats", "GET", {}, moved)).response.status).toBe(200);
    expect((await ask("/_cache/own/none", "GET", {}, moved)).response.status).toBe(404);
    expect(await ask("/_cache/other", "GET", {}, moved)).toBe(fromOrigin);
    expect(await ask("/__admin/stats", "GET", {}, moved)).toBe(fromOrigin);
    expect(await ask("/__admin/clear-cache", "POST", {}, moved)).toBe(fromOrigin);
    expect(cleared).toBe(0);
  });

  test("health goes, and the old path is the origin's", async () => {
    expect((await ask("/healthz", "GET", {}, moved)).response.status).toBe(200);
    expect(await ask("/health", "GET", {}, moved)).toBe(fromOrigin);
  });
});

describe("methods", () => {
  test.each([
    ["/health", "POST", "GET, HEAD, OPTIONS"],
    ["/__admin/stats", "DELETE", "GET, HEAD, OPTIONS"],
    ["/__admin/clear-cache", "GET", "POST, OPTIONS"],
    ["/__admin/clear-cache", "HEAD", "POST, OPTIONS"],
    ["/__admin/clear-cache", "PUT", "POST, OPTIONS"],
  ])("%s refuses %s with 405 and changes nothing", async (path, method, allow) => {
    const { response } = await ask(path, method);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect(await made(response).json()).toMatchObject({ title: "Method not allowed", status: 405 });
    expect(cleared).toBe(0);
  });

  test.each([
    ["/health", "GET, HEAD, OPTIONS"],
    ["/__admin/stats", "GET, HEAD, OPTIONS"],
    ["/__admin/clear-cache", "POST, OPTIONS"],
  ])("OPTIONS %s says what it takes", async (path, allow) => {
    const { response } = await ask(path, "OPTIONS");
    expect([response.status, response.headers.get("allow"), response.body]).toEqual([204, allow, null]);
    expect(cleared).toBe(0);
  });

  test.each(["/health", "/__admin/stats"])("HEAD %s has GET's fields and no content", async (path) => {
    const [{ response: head }, { response: get }] = await Promise.all([ask(path, "HEAD"), ask(path)]);
    expect(head.body).toBeNull();
    expect([...head.headers]).toEqual([...get.headers]);
    expect(head.status).toBe(200);
  });
});

describe("access", () => {
  const access: Access = { type: "token", token: "s3cret" };
  const authorization = "Bearer s3cret";

  test("without the token nothing under the prefix answers, not even which paths there are", async () => {
    for (const [path, method] of [
      ["/__admin/stats", "GET"],
      ["/__admin/clear-cache", "POST"],
      ["/__admin/clear-cache", "GET"],
      ["/__admin/clear-cache", "OPTIONS"],
      ["/__admin/nothing", "GET"],
    ] as const) {
      const { response } = await ask(path, method, {}, { access });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="caching-proxy"');
      expect(await made(response).text()).not.toContain("/stats");
    }
    expect(cleared).toBe(0);
  });

  test("with the token it does, and health does without", async () => {
    expect((await ask("/__admin/clear-cache", "POST", { authorization }, { access })).response.status).toBe(200);
    expect((await ask("/health", "GET", {}, { access })).response.status).toBe(200);
    expect(cleared).toBe(1);
  });

  test("a page of another site cannot clear the cache", async () => {
    const { response } = await ask("/__admin/clear-cache", "POST", { origin: "https://evil.example" });
    expect(response.status).toBe(403);
    expect(response.headers.has("www-authenticate")).toBe(false);
    expect(cleared).toBe(0);
  });
});

test.each([
  ["/health", "GET", 200],
  ["/health", "OPTIONS", 204],
  ["/__admin/stats", "HEAD", 200],
  ["/__admin/clear-cache", "POST", 200],
  ["/__admin/clear-cache", "GET", 405],
  ["/__admin/none", "GET", 404],
])("%s %s (%d) is kept by no cache and did not come from one", async (path, method, status) => {
  const reply = await ask(path, method);
  expect(reply.response.status).toBe(status);
  expect(reply.response.headers.get("cache-control")).toBe("no-store");
  expect(reply.response.headers.has("cache-status")).toBe(false);
  expect(reply.response.headers.has("x-cache")).toBe(false);
  expect(reply.cacheStatus).toBeUndefined();
});

test("an operation that fails is the front's to answer, and nothing is said to be cleared", async () => {
  const failure = new Error("disk");
  const failing = { ...operations, clearCache: () => Promise.reject(failure) };
  const layer = admin({ prefix: "/__admin", health: "/health" }, failing, { type: "loopback" });
  const answer = layer(async () => fromOrigin)(asking("http://localhost:3000/__admin/clear-cache", "POST"));
  expect(answer).rejects.toBe(failure);
});
