import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { counted, origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;
const MODIFIED = "Sat, 01 Jan 2022 00:00:00 GMT";

beforeAll(async () => {
  stub = origin(shared, {
    "/etag": (request, count) => validated(request, "if-none-match", '"v1"', { etag: '"v1"' }, count),
    "/modified": (request, count) =>
      validated(request, "if-modified-since", MODIFIED, { "last-modified": MODIFIED }, count),
    "/chosen": (request, count) => {
      const headers = { "cache-control": "max-age=60", etag: '"v1"', vary: "Accept-Charset", "x-count": String(count) };
      const known = request.headers.get("if-none-match") === '"v1"';
      return known ? new Response(null, { status: 304, headers }) : new Response("content", { headers });
    },
    "/changing": (_, count) =>
      new Response(`v${count}`, { headers: { "cache-control": "max-age=0", etag: `"v${count}"` } }),
    "/revaried": (request, count) => {
      const headers = { "cache-control": "max-age=60", etag: '"v1"', vary: "X-A" };
      const isCurrent = request.headers.get("if-none-match") === '"v1"' && !request.headers.has("x-a");
      if (isCurrent) return new Response(null, { status: 304, headers });
      const first = { "cache-control": "max-age=0", etag: '"v1"' };
      return new Response(`v${count}`, { headers: count === 1 ? first : { ...headers, etag: '"v2"' } });
    },
    "/fresh": counted({ "cache-control": "max-age=60", etag: '"v1"', "last-modified": MODIFIED }),
    "/thing": (request, count) => {
      const headers = { "cache-control": "max-age=60", ...locations(request) };
      const status = Number(request.headers.get("x-status") ?? 200);
      return new Response(`${request.method} ${count}`, { status, headers });
    },
    "/other": counted({ "cache-control": "max-age=60" }),
  });
  proxy = await startProxy(shared, stub.url);
});

/** 304 to those who have it, stale at once. */
function validated(
  request: Request,
  field: string,
  value: string,
  validator: Record<string, string>,
  count: number,
): Response {
  const headers = { "cache-control": "max-age=0", "x-count": String(count), ...validator };
  return request.headers.get(field) === value
    ? new Response(null, { status: 304, headers })
    : new Response("content", { headers });
}

function locations(request: Request): Record<string, string> {
  return Object.fromEntries(
    ["location", "content-location"].flatMap((name) => {
      const value = request.headers.get(`x-${name}`);
      return value === null ? [] : [[name, value]];
    }),
  );
}

describe("validation", () => {
  test.each([
    ["/etag", "if-none-match", '"v1"'],
    ["/modified", "if-modified-since", MODIFIED],
  ])("%s: a 304 freshens what is stored, fields and all", async (path, field, value) => {
    const headers = { "cache-control": "max-age=0" };
    expect(await outcome(proxy, path)).toEqual(["MISS", "content"]);
    const response = await ask(proxy, path, { headers });
    expect([response.status, xCache(response), await response.text()]).toEqual([200, "REVALIDATED", "content"]);
    expect(cacheStatus(response)).toMatch(/; fwd=(stale|request); fwd-status=304; stored;/);
    expect(response.headers.get("x-count")).toBe("2");
    expect(stub.seen.at(-1)?.headers.get(field)).toBe(value);
  });

  test("RFC 9111 §4.1: a 304 may choose a variant that is stored for other requests", async () => {
    expect(await outcome(proxy, "/chosen", { headers: { "accept-charset": "1" } })).toEqual(["MISS", "content"]);
    const response = await ask(proxy, "/chosen", { headers: { "accept-charset": "2" } });
    expect([response.status, xCache(response), await response.text()]).toEqual([200, "REVALIDATED", "content"]);
    expect(cacheStatus(response)).toContain("; fwd=vary-miss; fwd-status=304; stored;");
    expect(await outcome(proxy, "/chosen", { headers: { "accept-charset": "2" } })).toEqual(["HIT", "content"]);
  });

  test("RFC 9111 §3.2, §4.3.4: a 304 with another Vary leaves nothing behind that answers as before", async () => {
    expect(await outcome(proxy, "/revaried")).toEqual(["MISS", "v1"]);
    expect(await outcome(proxy, "/revaried")).toEqual(["REVALIDATED", "v1"]);
    expect(await outcome(proxy, "/revaried")).toEqual(["HIT", "v1"]);
    const response = await ask(proxy, "/revaried", { headers: { "x-a": "1", "cache-control": "max-stale" } });
    expect(xCache(response)).toBe("MISS");
    expect(cacheStatus(response)).toContain("fwd=vary-miss");
  });

  test("a new response takes the old one's place", async () => {
    expect(await outcome(proxy, "/changing")).toEqual(["MISS", "v1"]);
    expect(await outcome(proxy, "/changing")).toEqual(["MISS", "v2"]);
    expect(stub.seen.at(-1)?.headers.get("if-none-match")).toBe('"v1"');
    await outcome(proxy, "/changing");
    expect(stub.seen.at(-1)?.headers.get("if-none-match")).toBe('"v2"');
  });
});

describe("a conditional request is answered from the cache", () => {
  test.each([
    ["if-none-match", '"v1"', 304],
    ["if-none-match", 'W/"v1", "v0"', 304],
    ["if-none-match", "*", 304],
    ["if-none-match", '"v0"', 200],
    ["if-modified-since", MODIFIED, 304],
    ["if-modified-since", "Fri, 31 Dec 2021 00:00:00 GMT", 200],
  ])("%s: %s → %d", async (name, value, status) => {
    await outcome(proxy, "/fresh");
    const asked = stub.seen.length;
    const response = await ask(proxy, "/fresh", { headers: { [name]: value } });
    expect([response.status, xCache(response)]).toEqual([status, "HIT"]);
    expect(await response.text()).toBe(status === 304 ? "" : "1");
    expect(response.headers.get("etag")).toBe('"v1"');
    expect(stub.seen).toHaveLength(asked);
  });

  test("If-Match is for the origin", async () => {
    await outcome(proxy, "/fresh");
    const response = await ask(proxy, "/fresh", { headers: { "if-match": '"v1"' } });
    expect(xCache(response)).toBe("BYPASS");
    expect(stub.seen.at(-1)?.headers.get("if-match")).toBe('"v1"');
  });
});

describe("HEAD", () => {
  test("is answered from a stored GET, with its length", async () => {
    const [, body] = await outcome(proxy, "/other?head-of-get");
    const asked = stub.seen.length;
    const response = await ask(proxy, "/other?head-of-get", { method: "HEAD" });
    expect([xCache(response), await response.text()]).toEqual(["HIT", ""]);
    expect(response.headers.get("content-length")).toBe(String(body.length));
    expect(stub.seen).toHaveLength(asked);
  });

  test("twice is a HIT of its own, which no GET is answered with", async () => {
    const head = () => ask(proxy, "/other?head-twice", { method: "HEAD" });
    expect(xCache(await head())).toBe("MISS");
    const second = await head();
    expect(xCache(second)).toBe("HIT");
    expect(second.headers.get("content-length")).not.toBe("0");
    const [get, body] = await outcome(proxy, "/other?head-twice");
    expect(get).toBe("MISS");
    expect(body).not.toBe("");
    expect(await outcome(proxy, "/other?head-twice")).toEqual(["HIT", body]);
  });
});

describe("invalidation", () => {
  test.each(["POST", "PUT", "PATCH", "DELETE"])("a successful %s takes the stored response away", async (method) => {
    const path = `/thing?${method}`;
    await outcome(proxy, path);
    expect((await outcome(proxy, path))[0]).toBe("HIT");
    expect((await outcome(proxy, path, { method }))[0]).toBe("BYPASS");
    expect((await outcome(proxy, path))[0]).toBe("MISS");
  });

  test("also under another order of the query", async () => {
    await outcome(proxy, "/thing?a=1&b=2");
    await outcome(proxy, "/thing?b=2&a=1", { method: "DELETE" });
    expect((await outcome(proxy, "/thing?a=1&b=2"))[0]).toBe("MISS");
  });

  test.each(["OPTIONS", "QUERY", "PROPFIND"])("a safe %s does not", async (method) => {
    const path = `/thing?${method}`;
    await outcome(proxy, path);
    expect((await outcome(proxy, path, { method }))[0]).toBe(method === "QUERY" ? "MISS" : "BYPASS");
    expect((await outcome(proxy, path))[0]).toBe("HIT");
  });

  test.each([400, 404, 500])("nor does one that failed with %d", async (status) => {
    const path = `/thing?${status}`;
    await outcome(proxy, path);
    await outcome(proxy, path, { method: "POST", headers: { "x-status": String(status) } });
    expect((await outcome(proxy, path))[0]).toBe("HIT");
  });

  test.each([
    ["location", () => "/other?named"],
    ["content-location", () => "/other?named"],
    ["location", () => `${stub.url}/other?named`],
    ["location", () => `${proxy.url}/other?named`],
  ])("what %s names goes too where it is of the same site", async (name, value) => {
    await outcome(proxy, "/other?named");
    expect((await outcome(proxy, "/other?named"))[0]).toBe("HIT");
    await outcome(proxy, "/thing", { method: "POST", headers: { [`x-${name}`]: value() } });
    expect((await outcome(proxy, "/other?named"))[0]).toBe("MISS");
  });

  test("and stays where it is of another", async () => {
    await outcome(proxy, "/other?foreign");
    await outcome(proxy, "/thing", { method: "POST", headers: { "x-location": "http://other.example/other?foreign" } });
    expect((await outcome(proxy, "/other?foreign"))[0]).toBe("HIT");
  });
});
