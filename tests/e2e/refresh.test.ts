import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin, type StubOrigin } from "./origin.ts";
import { ask, outcome, type RunningProxy, startProxy } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "public, max-age=600" };

/** An origin whose answers say how often they were asked for. */
function counting(stack: AsyncDisposableStack): StubOrigin {
  return origin(stack, {
    "/page": counted(FRESH),
    "/etag": ({ headers }, count) =>
      headers.get("if-none-match") === '"a"'
        ? new Response(null, { status: 304, headers: { ...FRESH, etag: '"a"' } })
        : new Response(String(count), { headers: { ...FRESH, etag: '"a"' } }),
    "/coded": ({ headers }, count) => {
      const coding = headers.get("accept-encoding") ?? "";
      const body = coding === "gzip" ? gzipSync(String(count)) : `${coding} ${count}`;
      const fields = coding === "gzip" ? { "content-encoding": "gzip" } : {};
      return new Response(body, { headers: { ...FRESH, ...fields, vary: "Accept-Encoding" } });
    },
    "/own": ({ headers }, count) =>
      new Response(`${headers.get("authorization")} ${count}`, { headers: { ...FRESH, vary: "Authorization" } }),
    "/gone": (_, count) => new Response(String(count), count === 1 ? { headers: FRESH } : { status: 500 }),
    "/large": (_, count) => new Response(streamOf(`${count}`.repeat(300_000)), { headers: FRESH }),
  });
}

function streamOf(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

const stub = counting(shared);
const proxy = await startProxy(shared, stub.url, "--log off");

async function refresh(of: RunningProxy, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await ask(of, "/__admin/refresh", { method: "POST", body: JSON.stringify(body), headers });
  return { code: response.status, ...JSON.parse(await response.text()) };
}

describe("POST /__admin/refresh", () => {
  test("has the origin asked anew, and what it says is what clients get from then on", async () => {
    expect(await outcome(proxy, "/page")).toEqual(["MISS", "1"]);
    const done = await refresh(proxy, { url: "/page" });
    expect(done).toMatchObject({ code: 200, status: 200, outcome: "miss", left: 0, complete: true });
    expect(done.cacheStatus).toStartWith("caching-proxy; fwd=request; fwd-status=200; stored");
    expect(done.ms).toBeGreaterThan(0);
    expect(await outcome(proxy, "/page")).toEqual(["HIT", "2"]);
    // By the proxy's URL and by the origin's.
    expect(await refresh(proxy, { url: `${proxy.url}/page` })).toMatchObject({ code: 200 });
    expect(await refresh(proxy, { url: `${stub.url}/page` })).toMatchObject({ code: 200 });
    expect(await outcome(proxy, "/page")).toEqual(["HIT", "4"]);
  });

  test("what is current is validated", async () => {
    await outcome(proxy, "/etag");
    expect(await refresh(proxy, { url: "/etag" })).toMatchObject({ status: 200, outcome: "revalidated" });
    expect(await outcome(proxy, "/etag")).toEqual(["HIT", "1"]);
  });

  test("what nobody has asked for is fetched and stored", async () => {
    expect(await refresh(proxy, { url: "/page?never" })).toMatchObject({ status: 200, outcome: "miss" });
    expect((await outcome(proxy, "/page?never"))[0]).toBe("HIT");
  });

  test("a large body is read to its end and stored", async () => {
    await refresh(proxy, { url: "/large" });
    const [xCache, body] = await outcome(proxy, "/large");
    expect([xCache, body.length]).toEqual(["HIT", 300_000]);
  });

  test("each stored variant with the fields that select it", async () => {
    const coded = (coding: string) => outcome(proxy, "/coded", { headers: { "accept-encoding": coding } });
    for (const coding of ["gzip", "br"]) await coded(coding);
    const done = await refresh(proxy, { url: "/coded" });
    expect(done.refreshed.map(({ selecting }: { selecting: object }) => selecting)).toEqual(
      expect.arrayContaining([{ "accept-encoding": "gzip" }, { "accept-encoding": "br" }]),
    );
    expect((await coded("gzip"))[0]).toBe("HIT");
    expect(await coded("br")).toEqual(["HIT", expect.stringMatching(/^br [34]$/)]);
    const asked = stub.seen.filter(({ path }) => path === "/coded");
    expect(asked.map(({ headers }) => headers.get("accept-encoding")).sort()).toEqual(["br", "br", "gzip", "gzip"]);
    expect(asked.at(-1)?.headers.get("cache-control")).toBe("no-cache");
  });

  test("credentials are not used again; who gives some refreshes what they select", async () => {
    const own = (token: string) => outcome(proxy, "/own", { headers: { authorization: token } });
    for (const token of ["Bearer a", "Bearer b"]) await own(token);
    const refused = await refresh(proxy, { url: "/own" });
    expect([refused.code, refused.title]).toEqual([409, "Credentials needed"]);
    expect(stub.seen.filter(({ path }) => path === "/own")).toHaveLength(2);
    const done = await refresh(proxy, { url: "/own", headers: { Authorization: "Bearer a" } });
    expect(done).toMatchObject({ code: 200, refreshed: [{ selecting: { authorization: "***" } }] });
    expect(await own("Bearer a")).toEqual(["HIT", "Bearer a 3"]);
    expect(await own("Bearer b")).toEqual(["HIT", "Bearer b 2"]);
  });

  test("is an exchange like any other for those who watch", async () => {
    await refresh(proxy, { url: "/page?watched" });
    const { exchanges } = JSON.parse(await (await ask(proxy, "/__admin/recent?filter=path~watched")).text());
    expect(exchanges).toMatchObject([{ outcome: "miss", path: "/page?watched" }]);
  });

  test("where the origin cannot be reached it says so, and what is stored stays", async () => {
    await using stack = new AsyncDisposableStack();
    const away = new AsyncDisposableStack();
    const gone = counting(away);
    const own = await startProxy(stack, gone.url, "--log off");
    await outcome(own, "/page");
    await outcome(own, "/gone");
    expect(await refresh(own, { url: "/gone" })).toMatchObject({ code: 200, status: 500, outcome: "miss" });
    expect(await outcome(own, "/gone")).toEqual(["HIT", "1"]);
    await away.disposeAsync();
    const failed = await refresh(own, { url: "/page" });
    expect(failed).toMatchObject({ code: 502, title: "Origin unreachable" });
    expect(failed.detail).toContain(gone.url);
    expect(await outcome(own, "/page")).toEqual(["HIT", "1"]);
  });

  test.each([
    [{ url: "http://elsewhere.example/page" }, "elsewhere.example"],
    [{ url: "/__admin/stats" }, "one of our own paths"],
    [{ url: "page" }, "neither a path"],
    [{}, '"url" is a URL or a path'],
    [{ url: "/page", header: {} }, 'There is no "header"'],
    [{ url: "/page", headers: { "bad name": "x" } }, "no name of a field"],
    [{ url: "/page", headers: { accept: 7 } }, "The field accept is no text"],
    [{ url: "/page", headers: { Range: "bytes=0-1" } }, "cannot be chosen"],
    [{ url: "/page", headers: "accept: x" }, "no name of a field"],
    [[], "no JSON object"],
  ])("%j is refused", async (body, why) => {
    const { code, detail } = await refresh(proxy, body);
    expect([code, detail]).toEqual([400, expect.stringContaining(why)]);
  });

  test("is guarded, and taken by POST alone", async () => {
    for (const path of ["/__admin/refresh", "/__admin/compare"]) {
      const body = JSON.stringify({ url: "/page" });
      const cross = { method: "POST", body, headers: { "sec-fetch-site": "cross-site" } };
      expect((await ask(proxy, path, cross)).status).toBe(403);
      expect((await ask(proxy, path)).status).toBe(405);
    }
  });
});

test("what is ignored of a query makes no other URL, below a base path too", async () => {
  await using stack = new AsyncDisposableStack();
  const based = origin(stack, { "/base/page": counted(FRESH) });
  const own = await startProxy(stack, `${based.url}/base`, "--log off --ignore-query _t");
  await outcome(own, "/page?_t=1");
  for (const url of ["/page?_t=2", `${based.url}/base/page?_t=3`]) {
    expect(await refresh(own, { url })).toMatchObject({ code: 200, outcome: "miss" });
  }
  expect(await outcome(own, "/page")).toEqual(["HIT", "3"]);
  expect(based.seen.map(({ path }) => path)).toEqual(["/base/page", "/base/page", "/base/page"]);
});

test("several workers: each refreshes what it holds", async () => {
  await using stack = new AsyncDisposableStack();
  const several = await startProxy(stack, counting(stack).url, "--workers 2 --log off");
  const lines = await lineToEach(stack, several, 2);
  for (const line of lines) await line.get("/page");
  const { refreshed } = await refresh(several, { url: `http://localhost:${several.port}/page` });
  expect(refreshed.map(({ worker }: { worker: number }) => worker).sort()).toEqual([1, 2]);
  for (const line of lines) {
    const response = await line.get("/page");
    expect(response).toContain("X-Cache: HIT");
    expect(response).toMatch(/\r\n\r\n[34]$/);
  }
});

test("several workers: what one alone holds is refreshed there, whichever is asked", async () => {
  await using stack = new AsyncDisposableStack();
  const several = await startProxy(stack, counting(stack).url, "--workers 2 --log off");
  const [a, b] = await lineToEach(stack, several, 2);
  await a?.get("/page");
  for (let i = 0; i < 4; i++) {
    const { refreshed } = await refresh(several, { url: "/page" });
    expect(refreshed.map(({ worker }: { worker: number }) => worker)).toEqual([1]);
  }
  expect(await a?.get("/page")).toMatch(/\r\n\r\n5$/);
  expect(await b?.get("/page")).toContain("X-Cache: MISS");
});

test("workers above one store: the others find there what came", async () => {
  await using stack = new AsyncDisposableStack();
  const store = join(await scratch(stack), "cache.db");
  const several = await startProxy(stack, counting(stack).url, `--workers 2 --log off --store sqlite:${store}`);
  const lines = await lineToEach(stack, several, 2);
  for (const line of lines) await line.get("/page");
  expect(await refresh(several, { url: "/page" })).toMatchObject({ code: 200 });
  const bodies = [];
  for (const line of lines) bodies.push((await line.get("/page")).split("\r\n\r\n")[1]);
  expect(new Set(bodies).size).toBe(1);
  expect(Number(bodies[0])).toBeGreaterThan(1);
});
