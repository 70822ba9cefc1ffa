import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { startRuled } from "./folder.ts";
import { counted, origin } from "./origin.ts";
import { ask, cacheStatus, outcome } from "./proxy.ts";
import { connect } from "./raw.ts";

// Each starts a proxy, all at once.
setDefaultTimeout(30_000);

/** What comes over a raw connection until it is closed, and how it is. */
async function rawly(stack: AsyncDisposableStack, port: number, path: string, method = "GET") {
  const raw = await connect(stack, port);
  raw.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return { how: await raw.closed, received: raw.received };
}

describe.concurrent("faults as they are on the wire", () => {
  test("reset: not a byte, and the connection is reset", async () => {
    await using stack = new AsyncDisposableStack();
    const proxy = await startRuled(stack, "http://127.0.0.1:1", [{ fault: { type: "reset" } }]);
    expect(await rawly(stack, proxy.port, "/a")).toEqual({ how: "reset", received: "" });
  });

  test("empty: not a byte, and the connection is closed", async () => {
    await using stack = new AsyncDisposableStack();
    const proxy = await startRuled(stack, "http://127.0.0.1:1", [{ match: "/a", fault: { type: "empty" } }]);
    expect(await rawly(stack, proxy.port, "/a")).toEqual({ how: "end", received: "" });
    expect((await proxy.stdout.find((line) => line.includes("/a"))).toLowerCase()).toContain("fault-empty");
    // Bun looks every four seconds for connections that are to be closed.
  });

  test("truncated: half of the body, and the connection is reset; nothing of that is stored", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, () => new Response("0123456789", { headers: { "cache-control": "max-age=60" } }));
    const proxy = await startRuled(stack, upstream.url, [
      { match: { headers: { "x-cut": "*" } }, fault: { type: "truncated" } },
    ]);
    const raw = await connect(stack, proxy.port);
    raw.write("GET /a HTTP/1.1\r\nHost: localhost\r\nX-Cut: 1\r\n\r\n");
    expect(await raw.closed).toBe("reset");
    expect(raw.received).toContain("01234");
    expect(raw.received).not.toContain("012345");
    expect((await outcome(proxy, "/a"))[1]).toBe("0123456789");
  });

  test("malformed: content that is not of the coding that it claims", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({}));
    const proxy = await startRuled(stack, upstream.url, [{ fault: { type: "malformed" } }]);
    const response = await ask(proxy, "/a");
    expect([response.status, response.headers.get("content-encoding")]).toEqual([200, "gzip"]);
    const content = await response.arrayBuffer();
    expect(() => Bun.gunzipSync(content)).toThrow();
  });

  test("timeout: nothing comes for as long as the client waits", async () => {
    await using stack = new AsyncDisposableStack();
    const proxy = await startRuled(stack, "http://127.0.0.1:1", [{ match: "/a", fault: { type: "timeout" } }]);
    const leaving = new AbortController();
    const asked = ask(proxy, "/a", { signal: leaving.signal });
    expect((await ask(proxy, "/b")).status).toBe(502);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    expect(await proxy.stdout.find((line) => line.includes("/a"))).toContain("fault-timeout");
  });

  test("status: with Retry-After, and told to be a fault", async () => {
    await using stack = new AsyncDisposableStack();
    const proxy = await startRuled(stack, "http://127.0.0.1:1", [{ fault: { type: "status", retryAfter: "3s" } }]);
    const response = await ask(proxy, "/a");
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
    expect(cacheStatus(response)).toBe("caching-proxy; detail=fault-status");
    expect(await response.json()).toMatchObject({ detail: "rules[0] answers so; no origin was asked." });
  });

  test("with a seed the same requests meet them", async () => {
    const met = async () => {
      await using stack = new AsyncDisposableStack();
      const upstream = origin(stack, counted({}));
      const rules = [{ fault: { type: "status", rate: 0.5 } } as const];
      const proxy = await startRuled(stack, upstream.url, rules, "", { seed: 7 });
      const statuses: number[] = [];
      for (let i = 0; i < 20; i++) statuses.push((await ask(proxy, `/${i}`)).status);
      return statuses;
    };
    const [first, second] = await Promise.all([met(), met()]);
    expect(first).toEqual(second);
    expect(new Set(first)).toEqual(new Set([200, 503]));
  });
});

test("a delay and a bandwidth take the time that they say", async () => {
  await using stack = new AsyncDisposableStack();
  const upstream = origin(stack, () => new Response("x".repeat(1000), { headers: { "cache-control": "max-age=60" } }));
  const rules = [
    { match: "/late", delay: "40ms" },
    { match: "/slow", bandwidth: "10kb/s" },
  ] as const;
  const proxy = await startRuled(stack, upstream.url, rules);
  // The second time from the cache, which is held back all the same.
  for (const path of ["/late", "/late", "/slow", "/slow"]) {
    const begun = performance.now();
    expect((await outcome(proxy, path))[1]).toHaveLength(1000);
    expect(performance.now() - begun).toBeGreaterThan(39);
  }
});
