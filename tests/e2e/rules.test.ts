import { describe, expect, test } from "bun:test";
import { startRuled } from "./folder.ts";
import { counted, origin } from "./origin.ts";
import { ask, cacheStatus, outcome, xCache } from "./proxy.ts";

describe("origin by path", () => {
  test("each has its stored responses, which are found by path and by URL", async () => {
    await using stack = new AsyncDisposableStack();
    const main = origin(stack, () => new Response("main", { headers: { "cache-control": "max-age=60" } }));
    const other = origin(stack, () => new Response("other", { headers: { "cache-control": "max-age=60" } }));
    const proxy = await startRuled(stack, main.url, [{ match: "/users/*", origin: `${other.url}/v1` }]);
    expect(await outcome(proxy, "/users/1")).toEqual(["MISS", "other"]);
    expect(await outcome(proxy, "/products/1")).toEqual(["MISS", "main"]);
    expect(await outcome(proxy, "/users/1")).toEqual(["HIT", "other"]);
    expect(other.seen.map(({ path }) => path)).toEqual(["/v1/users/1"]);
    expect(main.seen.map(({ path }) => path)).toEqual(["/products/1"]);

    const admin = async (path: string) => JSON.parse((await outcome(proxy, `/__admin/${path}`))[1]);
    expect((await admin("entries")).entries).toHaveLength(2);
    const first = await admin("entries?limit=1");
    expect(first.entries).toHaveLength(1);
    expect((await admin(`entries?limit=1&cursor=${encodeURIComponent(first.next)}`)).entries).toHaveLength(1);
    expect((await admin("entries?url=/users/1")).entries).toHaveLength(1);
    expect((await admin(`entries?url=${other.url}/v1/users/1`)).entries).toHaveLength(1);
    expect(await admin("explain?url=/users/1")).toMatchObject({ verdict: { type: "fresh" } });

    const purge = async (url: string) => {
      const body = JSON.stringify({ url });
      const headers = { "content-type": "application/json" };
      return (await ask(proxy, "/__admin/purge", { method: "POST", body, headers })).json();
    };
    expect(await purge("/users/1")).toMatchObject({ purged: 1 });
    expect(await outcome(proxy, "/users/1")).toEqual(["MISS", "other"]);
    expect(await purge(`${other.url}/v1/users/1`)).toMatchObject({ purged: 1 });
    expect(await outcome(proxy, "/products/1")).toEqual(["HIT", "main"]);
  });

  test("refreshing and comparing ask whom clients would", async () => {
    await using stack = new AsyncDisposableStack();
    const main = origin(stack, counted({ "cache-control": "max-age=60" }));
    const other = origin(stack, counted({ "cache-control": "max-age=60" }));
    const rule = { match: "/users/*", origin: `${other.url}/v1`, request: { headers: { authorization: "ours" } } };
    const proxy = await startRuled(stack, main.url, [rule]);
    await outcome(proxy, "/users/1");
    const post = async (what: string, url: string) => {
      const headers = { "content-type": "application/json" };
      return (await ask(proxy, `/__admin/${what}`, { method: "POST", body: JSON.stringify({ url }), headers })).json();
    };
    expect(await post("refresh", "/users/1")).toMatchObject({ refreshed: [{ status: 200, outcome: "miss" }] });
    expect(await outcome(proxy, "/users/1")).toEqual(["HIT", "2"]);
    expect(await post("compare", `${other.url}/v1/users/1`)).toMatchObject({ live: { status: 200 } });
    expect(main.seen).toEqual([]);
    expect(other.seen.map(({ path, headers }) => [path, headers.get("authorization")])).toEqual(
      Array.from({ length: 3 }, () => ["/v1/users/1", "ours"]),
    );
  });

  test("what a rule answers by itself is no failure, and refreshing it says so", async () => {
    await using stack = new AsyncDisposableStack();
    const stub = origin(stack, counted({ "cache-control": "max-age=60" }));
    const proxy = await startRuled(stack, stub.url, [
      { match: "/words", response: { body: "plain words" } },
      { match: "/json", response: { status: 201, body: { a: 1 } } },
      { match: "/down", fault: { type: "status", status: 503 } },
    ]);
    const refreshed = async (url: string) => {
      const response = await ask(proxy, "/__admin/refresh", { method: "POST", body: JSON.stringify({ url }) });
      return [response.status, await response.json()];
    };
    const bypass = { outcome: "bypass", cacheStatus: "caching-proxy; detail=rule" };
    expect(await refreshed("/words")).toMatchObject([200, { status: 200, ...bypass }]);
    expect(await refreshed("/json")).toMatchObject([200, { status: 201, ...bypass }]);
    expect(await refreshed("/down")).toMatchObject([503, { title: "Fault by a rule" }]);
    expect(await outcome(proxy, "/words")).toEqual(["BYPASS", "plain words"]);
    const stats = JSON.parse((await outcome(proxy, "/__admin/stats"))[1]);
    expect(stats.requests).toMatchObject({ bypass: 3, error: 1 });
    expect(stats.reasons.failed).toEqual({ other: 1 });
    expect(stub.seen).toEqual([]);
  });

  test("a validation behind a stale answer is changed like any other request", async () => {
    await using stack = new AsyncDisposableStack();
    const validated = Promise.withResolvers<string | null>();
    const main = origin(stack, (request) => {
      if (request.headers.has("if-none-match")) validated.resolve(request.headers.get("authorization"));
      const date = new Date().toUTCString();
      const cacheControl = "public, max-age=1, stale-while-revalidate=60";
      return new Response("page", { headers: { etag: '"v"', "cache-control": cacheControl, date } });
    });
    const rule = { match: "/users/*", request: { headers: { authorization: "ours" } } };
    const proxy = await startRuled(stack, main.url, [rule]);
    await outcome(proxy, "/users/1");
    // Lifetimes have whole seconds, and the command has no clock but the real one.
    await Bun.sleep(1100);
    expect(await outcome(proxy, "/users/1")).toEqual(["STALE", "page"]);
    expect(await validated.promise).toBe("ours");
  });

  test("a WebSocket goes there, too", async () => {
    await using stack = new AsyncDisposableStack();
    const server = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      fetch: (request, own) => (own.upgrade(request) ? undefined : new Response("no")),
      websocket: { open: (socket) => void socket.send("other"), message: () => undefined },
    });
    stack.defer(() => server.stop(true));
    const rule = { match: "/socket", origin: `http://127.0.0.1:${server.port}` };
    const proxy = await startRuled(stack, "http://127.0.0.1:1", [rule]);
    const socket = new WebSocket(`${proxy.url.replace("http", "ws")}/socket`);
    stack.defer(() => socket.close());
    const said = Promise.withResolvers<unknown>();
    socket.onmessage = ({ data }) => said.resolve(data);
    socket.onerror = () => said.reject(new Error("no WebSocket"));
    expect(await said.promise).toBe("other");
  });

  test("a write invalidates at the origin that it went to", async () => {
    await using stack = new AsyncDisposableStack();
    const main = origin(stack, counted({ "cache-control": "max-age=60" }));
    const other = origin(stack, counted({ "cache-control": "max-age=60" }));
    const proxy = await startRuled(stack, main.url, [
      { match: { path: "/a", headers: { "x-to": "other" } }, origin: other.url },
    ]);
    const toOther = { headers: { "x-to": "other" } };
    expect(await outcome(proxy, "/a")).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/a", toOther)).toEqual(["MISS", "1"]);
    await outcome(proxy, "/a", { method: "POST", ...toOther });
    expect(await outcome(proxy, "/a")).toEqual(["HIT", "1"]);
    expect(await outcome(proxy, "/a", toOther)).toEqual(["MISS", "3"]);
  });
});

describe("lifetimes", () => {
  test("a ttl replaces what the origin says, and is shown to be a rule's; the client reads what the origin says", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "no-store" }));
    const proxy = await startRuled(stack, upstream.url, [{ match: "/a", ttl: "5m" }]);
    const miss = await ask(proxy, "/a");
    expect(cacheStatus(miss)).toBe(
      'caching-proxy; fwd=uri-miss; fwd-status=200; stored; ttl=300; key="/a"; detail=rule',
    );
    expect([miss.headers.get("cache-control"), miss.headers.get("cdn-cache-control")]).toEqual(["no-store", null]);
    const hit = await ask(proxy, "/a");
    expect(cacheStatus(hit)).toMatch(/^caching-proxy; hit; ttl=(300|299); key="\/a"; detail=rule$/);
    expect([hit.headers.get("cache-control"), hit.headers.get("cdn-cache-control")]).toEqual(["no-store", null]);
    expect(xCache(await ask(proxy, "/b"))).toBe("MISS");
    expect(xCache(await ask(proxy, "/b"))).toBe("MISS");
    const explained = JSON.parse((await outcome(proxy, "/__admin/explain?url=/a"))[1]);
    expect(explained.stored[0].freshness.says).toBe("a rule of the config gives it");
  });

  test("errors and cookies get none", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, {
      "/error": () => new Response("no", { status: 500 }),
      "/cookie": counted({ "set-cookie": "a=1" }),
      "/stripped": counted({ "set-cookie": "a=1" }),
    });
    const rules = [{ match: "/stripped", response: { headers: { "set-cookie": null } } }, { ttl: "5m" }];
    const proxy = await startRuled(stack, upstream.url, rules);
    for (const path of ["/error", "/cookie"]) {
      await outcome(proxy, path);
      expect((await outcome(proxy, path))[0]).toBe("MISS");
    }
    await outcome(proxy, "/stripped");
    const hit = await ask(proxy, "/stripped");
    expect([xCache(hit), hit.headers.get("set-cookie")]).toEqual(["HIT", null]);
  });

  test("a ttl is for all who send cookies, and not for who sends Authorization", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "private" }));
    const proxy = await startRuled(stack, upstream.url, [{ ttl: "5m" }]);
    expect(await outcome(proxy, "/a", { headers: { cookie: "me=1" } })).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/a", { headers: { cookie: "you=1" } })).toEqual(["HIT", "1"]);
    const mine = await ask(proxy, "/b", { headers: { authorization: "mine" } });
    expect(cacheStatus(mine)).toEndWith("detail=authorization");
    expect((await outcome(proxy, "/b"))[1]).toBe("2");
  });

  test("a stale window stands in while the origin fails", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, (_, count) =>
      count === 1
        ? new Response("1", { headers: { "cache-control": "max-age=0" } })
        : new Response("no", { status: 503 }),
    );
    const proxy = await startRuled(stack, upstream.url, [{ match: "/a", staleIfError: "1h" }]);
    expect(await outcome(proxy, "/a")).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/a")).toEqual(["STALE", "1"]);
  });

  test("cache: false leaves the cache out, unless a rule before it has a ttl", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "max-age=60" }));
    const proxy = await startRuled(stack, upstream.url, [{ match: "/a", ttl: "5m" }, { cache: false }]);
    await outcome(proxy, "/a");
    expect(await outcome(proxy, "/a")).toEqual(["HIT", "1"]);
    const passed = await ask(proxy, "/b");
    expect(cacheStatus(passed)).toBe("caching-proxy; fwd=bypass; fwd-status=200; detail=rule");
    expect(await outcome(proxy, "/b")).toEqual(["BYPASS", "2"]);
  });

  test("key.ignore drops parameters, and what is named with them is found", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "max-age=60" }));
    const proxy = await startRuled(stack, upstream.url, [{ match: "/a", key: { ignore: ["utm_*"] } }]);
    expect(await outcome(proxy, "/a?utm_x=1&b=2")).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/a?b=2&utm_y=3")).toEqual(["HIT", "1"]);
    expect(upstream.seen.map(({ path }) => path)).toEqual(["/a?b=2"]);
    const explained = JSON.parse(
      (await outcome(proxy, `/__admin/explain?url=${encodeURIComponent("/a?utm_z=1&b=2")}`))[1],
    );
    expect(explained.verdict.type).toBe("fresh");
    expect(
      JSON.parse((await outcome(proxy, `/__admin/entries?url=${encodeURIComponent("/a?utm_z=1&b=2")}`))[1]).entries,
    ).toHaveLength(1);
  });
});

test("key.query: exact keeps orders apart, and all of them are the URL's", async () => {
  await using stack = new AsyncDisposableStack();
  const upstream = origin(stack, counted({ "cache-control": "max-age=60" }));
  const proxy = await startRuled(stack, upstream.url, [{ match: "/a", key: { query: "exact" } }]);
  const fill = async () => {
    for (const query of ["x=1&y=2", "y=2&x=1"]) expect((await outcome(proxy, `/a?${query}`))[0]).toBe("MISS");
    for (const query of ["x=1&y=2", "y=2&x=1"]) expect((await outcome(proxy, `/a?${query}`))[0]).toBe("HIT");
  };
  await fill();
  expect(upstream.seen.map(({ path }) => path)).toEqual(["/a?x=1&y=2", "/a?y=2&x=1"]);
  const { entries } = JSON.parse((await outcome(proxy, `/__admin/entries?url=${encodeURIComponent("/a?x=1&y=2")}`))[1]);
  expect(entries.map(({ url }: { readonly url: string }) => new URL(url).search)).toEqual(["?x=1&y=2", "?y=2&x=1"]);
  const explained = JSON.parse((await outcome(proxy, `/__admin/explain?url=${encodeURIComponent("/a?y=2&x=1")}`))[1]);
  expect(explained).toMatchObject({ verdict: { type: "fresh" }, key: { order: "as-asked" } });
  await outcome(proxy, "/a?y=2&x=1", { method: "POST" });
  await fill();
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ url: "/a?y=2&x=1" });
  expect(await (await ask(proxy, "/__admin/purge", { method: "POST", body, headers })).json()).toMatchObject({
    purged: 2,
  });
  await fill();
});

describe("fields", () => {
  test("of requests are taken away before the cache, and a credential of ours is seen by the origin alone", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "max-age=60", vary: "x-a, x-b" }));
    const headers = { cookie: null, authorization: "Bearer ours", "x-a": "1", "x-b": null };
    const proxy = await startRuled(stack, upstream.url, [{ request: { headers } }]);
    const from = (who: string) => ({ headers: { cookie: who, authorization: who, "x-a": who, "x-b": who } });
    expect(await outcome(proxy, "/a", from("me"))).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/a", from("you"))).toEqual(["HIT", "1"]);
    const [seen] = upstream.seen;
    expect(["cookie", "authorization", "x-a", "x-b"].map((name) => seen?.headers.get(name))).toEqual([
      null,
      "Bearer ours",
      "1",
      null,
    ]);
  });

  test("Host is what a rule says", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({}));
    const proxy = await startRuled(stack, upstream.url, [{ request: { headers: { host: "api.example.com" } } }]);
    await outcome(proxy, "/a");
    expect(upstream.seen[0]?.headers.get("host")).toBe("api.example.com");
  });

  test("of requests that get a credential by who asks are personal", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "max-age=60" }));
    const rule = { match: { headers: { "x-user": "me" } }, request: { headers: { authorization: "Bearer mine" } } };
    const proxy = await startRuled(stack, upstream.url, [rule]);
    expect(await outcome(proxy, "/a", { headers: { "x-user": "me" } })).toEqual(["MISS", "1"]);
    expect(await outcome(proxy, "/a")).toEqual(["MISS", "2"]);
    expect(upstream.seen[0]?.headers.get("authorization")).toBe("Bearer mine");
  });

  test("of answers are changed for hits, too", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "max-age=60", "x-powered-by": "PHP" }));
    const proxy = await startRuled(stack, upstream.url, [
      { response: { headers: { "x-powered-by": null, "x-new": "1" } } },
    ]);
    for (const expected of ["MISS", "HIT"]) {
      const { headers } = await ask(proxy, "/a");
      expect([headers.get("x-cache"), headers.get("x-powered-by"), headers.get("x-new")]).toEqual([
        expected,
        null,
        "1",
      ]);
    }
  });

  test("cookies and Location fit the proxy", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, (request) => {
      const headers = new Headers({ location: new URL("/v1/next?a=1", request.url).href });
      headers.append("set-cookie", "a=1; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=None");
      headers.append("set-cookie", "b=2");
      return new Response(null, { status: 302, headers });
    });
    const rule = { cookies: { domain: null, secure: false }, location: "rewrite" } as const;
    const proxy = await startRuled(stack, `${upstream.url}/v1`, [rule]);
    const { headers } = await ask(proxy, "/a");
    expect(headers.getSetCookie()).toEqual(["a=1; Path=/; HttpOnly; SameSite=Lax", "b=2"]);
    expect(headers.get("location")).toBe(`${proxy.url}/next?a=1`);
  });

  test("a status and a body of our own", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(stack, counted({ "cache-control": "max-age=60" }));
    const rules = [
      { match: "/own", response: { status: 418, body: { a: 1 } } },
      { match: "/empty", response: { status: 204 } },
      { match: "/teapot", response: { status: 418 } },
    ];
    const proxy = await startRuled(stack, upstream.url, rules);
    const own = await ask(proxy, "/own");
    expect([own.status, own.headers.get("content-type"), await own.json()]).toEqual([
      418,
      "application/json",
      { a: 1 },
    ]);
    expect(upstream.seen).toEqual([]);
    const head = await ask(proxy, "/own", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([418, "13", ""]);
    const empty = await ask(proxy, "/empty");
    expect([empty.status, await empty.text()]).toEqual([204, ""]);
    const teapot = await ask(proxy, "/teapot");
    expect([teapot.status, await teapot.text()]).toEqual([418, "1"]);
  });
});

describe("CORS", () => {
  test("preflights are answered by the proxy, and answers may be read", async () => {
    await using stack = new AsyncDisposableStack();
    const upstream = origin(
      stack,
      counted({ "cache-control": "max-age=60", "access-control-allow-origin": "https://else" }),
    );
    const cors = { origins: ["http://localhost:*"], credentials: true, maxAge: "10m" };
    const proxy = await startRuled(stack, upstream.url, [
      { match: { path: "/api/*", method: "PUT" }, cors },
      { match: "/open", cors: true },
    ]);
    const page = "http://localhost:5173";
    const preflight = (path: string, of: string) =>
      ask(proxy, path, {
        method: "OPTIONS",
        headers: { origin: of, "access-control-request-method": "PUT", "access-control-request-headers": "x-a" },
      });
    const allowed = await preflight("/api/1", page);
    expect(allowed.status).toBe(204);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      "access-control-allow-origin": page,
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": "x-a",
      "access-control-allow-credentials": "true",
      "access-control-max-age": "600",
    });
    expect((await preflight("/api/1", "https://evil.example")).status).toBe(403);
    expect(upstream.seen).toEqual([]);
    const answer = await ask(proxy, "/api/1", { method: "PUT", headers: { origin: page } });
    expect([answer.headers.get("access-control-allow-origin"), answer.headers.get("vary")]).toEqual([page, "Origin"]);
    const open = await ask(proxy, "/open", { headers: { origin: "https://any.example" } });
    expect([open.headers.get("access-control-allow-origin"), open.headers.get("vary")]).toEqual(["*", null]);
  });
});
