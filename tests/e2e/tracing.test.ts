import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { crowd, gated } from "./crowd.ts";
import { counted, origin, type StubOrigin } from "./origin.ts";
import { ask, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();

/** A request's place in a trace; case and order of what stands in tracestate mean something. */
function trace(span: number): Record<string, string> {
  return {
    traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-${String(span).padStart(16, "0")}-01`,
    tracestate: "Vendor=t61rcWkgMzE, rojo=00f067aa0ba902b7",
  };
}

function traceOf(seen: StubOrigin["seen"][number] | undefined): unknown {
  return Object.fromEntries(["traceparent", "tracestate"].map((name) => [name, seen?.headers.get(name)]));
}

describe("traceparent and tracestate", () => {
  test("reach the origin untouched, on a miss and on a validation, and are no part of the key", async () => {
    const stub = origin(shared, (request) =>
      request.headers.has("if-none-match")
        ? new Response(null, { status: 304 })
        : new Response("x", { headers: { "cache-control": "max-age=60", etag: '"1"' } }),
    );
    const proxy = await startProxy(shared, stub.url);
    expect(xCache(await ask(proxy, "/a", { headers: trace(1) }))).toBe("MISS");
    expect(xCache(await ask(proxy, "/a", { headers: trace(2) }))).toBe("HIT");
    expect(xCache(await ask(proxy, "/a", { headers: { ...trace(3), "cache-control": "no-cache" } }))).toBe(
      "REVALIDATED",
    );
    expect(xCache(await ask(proxy, "/a", { method: "POST", headers: trace(4) }))).toBe("BYPASS");
    expect(xCache(await ask(proxy, "/none"))).toBe("MISS");
    expect(stub.seen.map(traceOf)).toEqual([trace(1), trace(3), trace(4), { traceparent: null, tracestate: null }]);
  });

  test("of several who wait for one answer those of the first are sent", async () => {
    const site = await gated(shared, () => new Response("x", { headers: { "cache-control": "max-age=60" } }));
    const first = await crowd(site, 1, { headers: trace(1) });
    const others = await crowd(site, 4, { headers: trace(2) });
    site.open();
    for (const answer of [...first, ...others]) await (await answer).text();
    expect(site.stub.seen.map(traceOf)).toEqual([trace(1)]);
  });
});

describe("--server-timing", () => {
  test("says how long cache and origin took, behind the origin's own, and none of it is stored", async () => {
    const stub = origin(shared, {
      "/a": counted({ "cache-control": "max-age=60", "server-timing": "db;dur=53" }),
      "/b": counted({ "cache-control": "max-age=60" }),
    });
    const proxy = await startProxy(shared, stub.url, "--server-timing");
    const timing = async (path: string) => (await ask(proxy, path)).headers.get("server-timing");
    expect(await timing("/a")).toMatch(/^db;dur=53, cache;desc="MISS";dur=[\d.]+, origin;dur=[\d.]+$/);
    for (let n = 0; n < 3; n++) expect(await timing("/a")).toMatch(/^db;dur=53, cache;desc="HIT";dur=[\d.]+$/);
    expect(await timing("/b")).toMatch(/^cache;desc="MISS";dur=[\d.]+, origin;dur=[\d.]+$/);
    expect(await timing("/__admin/stats")).toBeNull();
    expect(await timing("/health")).toBeNull();
  });

  test("is off unless somebody asks for it", async () => {
    const stub = origin(shared, { "/a": counted({ "cache-control": "max-age=60" }) });
    const proxy = await startProxy(shared, stub.url);
    for (let n = 0; n < 2; n++) expect((await ask(proxy, "/a")).headers.has("server-timing")).toBe(false);
  });
});
