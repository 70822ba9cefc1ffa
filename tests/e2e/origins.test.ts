import { afterAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { folderWith, startRuled } from "./folder.ts";
import { origin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";

/** A server that cuts off whoever asks while it is down, on one port whatever happens. */
async function shaky(stack: AsyncDisposableStack, name: string) {
  const state = { isDown: false, asked: 0 };
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", () => {
      state.asked++;
      if (state.isDown) return socket.destroy();
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\nCache-Control: no-store\r\n\r\n${name}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stack.defer(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return Object.assign(state, { url: `http://127.0.0.1:${port}`, port });
}

type Figures = { readonly address: string; readonly state: string; readonly asked: number; readonly repeated: number };

async function addresses(proxy: RunningProxy): Promise<readonly Figures[]> {
  const { origins }: { origins: readonly Figures[] } = JSON.parse(await (await ask(proxy, "/__admin/stats")).text());
  return origins;
}

const text = async (proxy: RunningProxy, init: RequestInit = {}): Promise<string> =>
  (await ask(proxy, "/x", init)).text();

/** Asks until that answers. */
async function until(proxy: RunningProxy, expected: string): Promise<void> {
  while ((await text(proxy)) !== expected) await Bun.sleep(20);
}

describe("failover", async () => {
  const stack = new AsyncDisposableStack();
  afterAll(() => stack.disposeAsync());
  const [a, b] = [await shaky(stack, "a"), await shaky(stack, "b")];
  const proxy = await startProxy(stack, a.url, `--failover ${b.url}`);

  test("while the first is down the second answers, and a POST fails until the first is left alone", async () => {
    await proxy.stderr.find((line) => line === `  failover    ${b.url}`);
    expect(await text(proxy)).toBe("a");
    a.isDown = true;
    expect((await ask(proxy, "/x", { method: "POST" })).status).toBe(502);
    expect([await text(proxy), await text(proxy)]).toEqual(["b", "b"]);
    const { asked } = a;
    // However long this takes: a POST is not the one that finds out.
    expect(await text(proxy, { method: "POST" })).toBe("b");
    expect(a.asked).toBe(asked);
    expect(await text(proxy)).toBe("b");
    expect(await addresses(proxy)).toMatchObject([
      { address: a.url, state: "open" },
      { address: b.url, state: "well", asked: 4 },
    ]);
    expect(await (await ask(proxy, "/__admin/metrics")).text()).toContain(
      `caching_proxy_origin_address_up{origin="${a.url}",address="${a.url}"} 0`,
    );
  });

  test("once the first is back it is asked again", async () => {
    a.isDown = false;
    await until(proxy, "a");
    expect(await text(proxy, { method: "POST" })).toBe("a");
    expect(await proxy.stderr.find((line) => line.includes("answers again"))).toContain(a.url);
  });
});

/** Asks until the origin is left alone at that moment, which on a busy machine may be over by then. */
async function avoided(proxy: RunningProxy, path: string, seen: readonly unknown[]): Promise<Response> {
  const before = seen.length;
  const response = await ask(proxy, path);
  if (!cacheStatus(response).includes("circuit-open")) return avoided(proxy, path, seen);
  expect(seen).toHaveLength(before);
  return response;
}

test("where nobody is well nobody is asked: stale, or a 503 that says when", async () => {
  await using stack = new AsyncDisposableStack();
  let isDown = false;
  const { url, seen } = origin(stack, () =>
    isDown
      ? new Response("down", { status: 502 })
      : new Response("page", { headers: { "cache-control": "max-age=0", etag: '"1"' } }),
  );
  const proxy = await startProxy(stack, url, "--breaker");
  expect(await outcome(proxy, "/page")).toEqual(["MISS", "page"]);
  isDown = true;
  for (let n = 0; n < 3; n++) expect((await ask(proxy, `/${n}`)).status).toBe(502);
  const refused = await avoided(proxy, "/other", seen);
  expect([refused.status, cacheStatus(refused)]).toEqual([503, "caching-proxy; fwd=uri-miss; detail=circuit-open"]);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ title: "Origin left alone", origin: url });
  const stale = await avoided(proxy, "/page", seen);
  expect([stale.status, xCache(stale), await stale.text()]).toEqual([200, "STALE", "page"]);
});

test("health checks take out whoever fails them, and nothing of them is stored or logged", async () => {
  await using stack = new AsyncDisposableStack();
  let isDraining = false;
  const answers = (name: string) => (request: Request) => {
    if (!request.url.endsWith("/base/ready?deep"))
      return new Response(name, { headers: { "cache-control": "no-store" } });
    return new Response(null, { status: isDraining && name === "a" ? 503 : 200 });
  };
  const [a, b] = [origin(stack, answers("a")), origin(stack, answers("b"))];
  const proxy = await startProxy(
    stack,
    `${a.url}/base`,
    `--failover ${b.url}/base --origin-check /ready?deep --origin-check-every 100ms`,
  );
  expect(await text(proxy)).toBe("a");
  isDraining = true;
  await until(proxy, "b");
  expect(await text(proxy, { method: "POST" })).toBe("b");
  expect((await addresses(proxy)).map(({ state }) => state)).toEqual(["ill", "well"]);
  isDraining = false;
  await until(proxy, "a");
  expect(b.seen.some(({ path }) => path === "/base/ready?deep")).toBeTrue();
  expect(proxy.stdout.all.join("\n")).not.toContain("ready");
  const { cache }: { cache: { entries: number } } = JSON.parse(await (await ask(proxy, "/__admin/stats")).text());
  expect(cache.entries).toBe(0);
});

test("retries are of what may be repeated, and no other", async () => {
  await using stack = new AsyncDisposableStack();
  const { url, seen } = origin(stack, (_, count) => new Response(null, { status: count === 1 ? 503 : 200 }));
  const proxy = await startProxy(stack, url, "--retries 1");
  expect([(await ask(proxy, "/get")).status, (await ask(proxy, "/post", { method: "POST" })).status]).toEqual([
    200, 503,
  ]);
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /get", "GET /get", "POST /post"]);
});

describe("credentials from the environment", () => {
  const SECRET = "s3cret-t0ken-of-ours";

  test("reach the origin alone, and what they fetch is for all", async () => {
    await using stack = new AsyncDisposableStack();
    const seen = (request: Request) =>
      new Response(request.headers.has("authorization") ? "known" : "stranger", {
        headers: { "cache-control": "max-age=60" },
      });
    const [main, other, third] = [origin(stack, seen), origin(stack, seen), origin(stack, seen)];
    const cwd = await folderWith(stack, {});
    const rules = [
      { match: "/other/*", origin: other.url },
      { match: "/third/*", origin: third.url },
    ];
    const config = { originAuth: "bearer:API_TOKEN", origins: { [other.url]: { auth: "basic:LOGIN" } } };
    const env = { API_TOKEN: SECRET, LOGIN: `me:${SECRET}` };
    const proxy = await startRuled(stack, `${main.url}/api`, rules, `--fixtures ${cwd}`, config, { env });
    const sent = ({ seen: [first] }: typeof main) => first?.headers.get("authorization");
    expect(await outcome(proxy, "/x")).toEqual(["MISS", "known"]);
    await outcome(proxy, "/other/x");
    await outcome(proxy, "/third/x");
    expect([sent(main), sent(other), sent(third)]).toEqual([
      `Bearer ${SECRET}`,
      `Basic ${Buffer.from(`me:${SECRET}`).toString("base64")}`,
      null,
    ]);
    const own = { headers: { authorization: "Bearer own" } };
    await outcome(proxy, "/y", own);
    expect(main.seen.at(-1)?.headers.get("authorization")).toBe("Bearer own");
    const told = [
      await (await ask(proxy, "/__admin/stats")).text(),
      await (await ask(proxy, `/__admin/explain?url=${encodeURIComponent(`${proxy.url}/x`)}`)).text(),
      await (await ask(proxy, "/__admin/export")).text(),
      ...proxy.stdout.all,
      ...proxy.stderr.all,
    ].join("\n");
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain(Buffer.from(`me:${SECRET}`).toString("base64"));
    proxy.signal("SIGTERM");
    await proxy.exited;
    const recorded = [...new Bun.Glob("**/*").scanSync(cwd)];
    expect(recorded.length).toBeGreaterThan(2);
    for (const name of recorded) expect(await Bun.file(`${cwd}/${name}`).text()).not.toContain(SECRET);
  }, 15_000);

  test("what they fetched answers a client without any, from the cache", async () => {
    await using stack = new AsyncDisposableStack();
    const { url, seen } = origin(stack, () => new Response("page", { headers: { "cache-control": "max-age=60" } }));
    const proxy = await startProxy(stack, url, "--origin-auth bearer:API_TOKEN", { env: { API_TOKEN: SECRET } });
    expect([(await outcome(proxy, "/x"))[0], (await outcome(proxy, "/x"))[0]]).toEqual(["MISS", "HIT"]);
    // What a client asks for in its own name is for nobody else (RFC 9111 §3.5).
    const own = { headers: { authorization: "Bearer own" } };
    expect([(await outcome(proxy, "/y", own))[0], (await outcome(proxy, "/y", own))[0]]).toEqual(["MISS", "MISS"]);
    expect(seen).toHaveLength(3);
  });
});

test("a WebSocket goes where requests go, with the credentials", async () => {
  await using stack = new AsyncDisposableStack();
  const a = await shaky(stack, "a");
  a.isDown = true;
  const known: (string | null)[] = [];
  const b = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, server) {
      known.push(request.headers.get("authorization"));
      return server.upgrade(request) ? undefined : new Response("b", { headers: { "cache-control": "no-store" } });
    },
    websocket: { open: (socket) => void socket.send("hello"), message: () => undefined },
  });
  stack.defer(() => b.stop(true));
  const flags = `--failover http://127.0.0.1:${b.port} --origin-auth bearer:API_TOKEN`;
  const proxy = await startProxy(stack, a.url, flags, { env: { API_TOKEN: "abc" } });
  for (let n = 0; n < 3; n++) expect(await text(proxy)).toBe("b");
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/live`);
  stack.defer(() => socket.close());
  const message = await new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));
  expect(message).toBe("hello");
  expect(known).toContain("Bearer abc");
  expect(known).not.toContain(null);
});
