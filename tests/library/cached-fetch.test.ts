import { expect, mock, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type CachedFetchOptions, cachedFetch, InvalidOptions } from "../../src/index.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { counted, origin } from "../e2e/origin.ts";

const stack = cleanup();
const FRESH = { "cache-control": "max-age=60", "content-type": "text/plain" };

/** A cached fetch, and one that gives X-Cache and the body. */
function own(options?: CachedFetchOptions, by: Parameters<typeof cachedFetch>[0] = fetch) {
  const cached = stack.use(cachedFetch(by, options));
  const ask = async (url: string | URL, init?: RequestInit): Promise<readonly [string | null, string]> => {
    const response = await cached(url, init);
    return [response.headers.get("x-cache"), await response.text()];
  };
  return { cached, ask };
}

test("origins are asked once for what is fresh, each for itself, and say how old it is", async () => {
  const [one, other] = [origin(stack, { "/a": counted(FRESH) }), origin(stack, { "/a": () => new Response("other") })];
  const { cached, ask } = own();
  expect([await ask(`${one.url}/a`), await ask(`${one.url}/a`)]).toEqual([
    ["MISS", "1"],
    ["HIT", "1"],
  ]);
  expect(await ask(`${other.url}/a`)).toEqual(["MISS", "other"]);
  const hit = await cached(new Request(`${one.url}/a#fragment`));
  expect([hit.status, hit.url, hit.redirected]).toEqual([200, `${one.url}/a`, false]);
  // Its Date counts in seconds, of which the next one may have begun.
  expect(hit.headers.get("age")).toMatch(/^[01]$/);
  expect(hit.headers.get("cache-status")).toStartWith("caching-proxy; hit; ttl=");
  expect([hit.clone().url, await hit.clone().text(), await hit.text()]).toEqual([`${one.url}/a`, "1", "1"]);
  const head = await cached(`${one.url}/a`, { method: "HEAD" });
  expect([head.headers.get("x-cache"), await head.text()]).toEqual(["HIT", ""]);
  const part = await cached(`${one.url}/a`, { headers: { range: "bytes=0-0" } });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 0-0/1", "1"]);
  expect((await cached.stats()).requests).toMatchObject({ total: 6, hit: 4, miss: 2 });
});

test("what an origin sees is a program's own request, and nothing of a proxy", async () => {
  const seen: Headers[] = [];
  const api = origin(stack, (request) => {
    seen.push(request.headers);
    return new Response("");
  });
  const { cached } = own();
  await cached(api.url);
  const forwarded = { "x-forwarded-for": "1.2.3.4", via: "1.1 mine", "x-http-method-override": "PUT" };
  await cached(`${api.url}/b`, { headers: { ...forwarded, "user-agent": "mine", host: "other" } });
  await cached(api.url.replace("//", "//user:p%40ss@"));
  expect(Object.keys(seen[0]?.toJSON() ?? {}).sort()).toEqual([
    "accept",
    "accept-encoding",
    "connection",
    "host",
    "user-agent",
  ]);
  expect(seen[0]?.get("user-agent")).toStartWith("Bun/");
  expect(seen[1]?.toJSON()).toMatchObject({ ...forwarded, "user-agent": "mine", host: "other" });
  expect(seen[2]?.get("authorization")).toBe(`Basic ${btoa("user:p@ss")}`);
});

test("a request to another host or method than it says goes past the cache", async () => {
  const api = origin(stack, { "/a": counted(FRESH) });
  const { ask } = own();
  for (const headers of [{ host: "other.example" }, { "x-http-method-override": "DELETE" }]) {
    for (const _ of "12") expect((await ask(`${api.url}/a`, { headers }))[0]).toBe("BYPASS");
  }
  expect(await ask(`${api.url}/a`)).toEqual(["MISS", "5"]);
});

test("validators, Vary, invalidation and stale responses are what RFC 9111 says they are", async () => {
  let version = 1;
  let isDown = false;
  const api = origin(stack, {
    "/checked": (request) =>
      request.headers.get("if-none-match") === `"${version}"`
        ? new Response(null, { status: 304, headers: { etag: `"${version}"` } })
        : new Response(`v${version}`, { headers: { etag: `"${version}"`, "cache-control": "no-cache" } }),
    "/varied": (request) =>
      new Response(request.headers.get("x-as"), { headers: { vary: "X-As", "cache-control": "max-age=60" } }),
    "/held": (request) =>
      request.method === "GET" ? new Response(`v${version}`, { headers: FRESH }) : new Response("changed"),
    "/stale": () =>
      isDown
        ? new Response("down", { status: 503 })
        : new Response("up", { headers: { "cache-control": "max-age=0, stale-if-error=60", etag: '"1"' } }),
  });
  const { ask } = own();
  expect([await ask(`${api.url}/checked`), await ask(`${api.url}/checked`)]).toEqual([
    ["MISS", "v1"],
    ["REVALIDATED", "v1"],
  ]);
  for (const as of ["a", "b", "a"]) expect((await ask(`${api.url}/varied`, { headers: { "x-as": as } }))[1]).toBe(as);
  await ask(`${api.url}/held`);
  version = 2;
  expect(await ask(`${api.url}/held`)).toEqual(["HIT", "v1"]);
  expect(await ask(`${api.url}/held`, { method: "POST", body: "x" })).toEqual(["BYPASS", "changed"]);
  expect(await ask(`${api.url}/held`)).toEqual(["MISS", "v2"]);
  await ask(`${api.url}/stale`);
  isDown = true;
  expect(await ask(`${api.url}/stale`)).toEqual(["STALE", "up"]);
});

test("what is stale is used while it is validated, where it says so", async () => {
  const api = origin(stack, { "/a": counted({ "cache-control": "max-age=0, stale-while-revalidate=60" }) });
  const { ask } = own();
  await ask(`${api.url}/a`);
  expect(await ask(`${api.url}/a`)).toEqual(["STALE", "1"]);
  while (api.seen.length < 2) await Bun.sleep(1);
  while ((await ask(`${api.url}/a`))[1] === "1") await Bun.sleep(1);
});

test("calls beside each other for the same are one request", async () => {
  const gate = Promise.withResolvers<void>();
  let asked = 0;
  const api = origin(stack, async () => {
    asked++;
    await gate.promise;
    return new Response("x", { headers: FRESH });
  });
  const { cached, ask } = own();
  const answers = Array.from({ length: 5 }, () => ask(api.url));
  while (asked === 0) await Bun.sleep(1);
  gate.resolve();
  expect((await Promise.all(answers)).map(([, text]) => text)).toEqual(["x", "x", "x", "x", "x"]);
  expect([asked, (await cached.stats()).requests.total]).toEqual([1, 5]);
});

test("content goes as it was given, in one piece where it was one", async () => {
  const api = origin(stack, async (request) =>
    Response.json([request.headers.get("content-type"), request.headers.get("content-length"), await request.text()]),
  );
  const { cached } = own();
  const sent = async (init: RequestInit) => (await cached(api.url, { method: "POST", ...init })).json();
  expect(await sent({ body: '{"a":1}', headers: { "content-type": "application/json" } })).toEqual([
    ...["application/json", "7", '{"a":1}'],
  ]);
  // As Bun's own fetch, which says nothing of a text, and of bytes nobody can know.
  expect(await sent({ body: "text" })).toEqual([null, "4", "text"]);
  expect(await sent({ body: new URLSearchParams({ a: "b" }) })).toEqual([
    ...["application/x-www-form-urlencoded;charset=UTF-8", "3", "a=b"],
  ]);
  const stream = new Blob(["stre", "am"]).stream();
  expect(await sent({ body: stream })).toEqual([null, null, "stream"]);
  const request = new Request(api.url, { method: "PUT", body: "whole" });
  expect(await (await cached(request)).json()).toEqual([null, "5", "whole"]);
});

test.each<[Request["cache"], readonly [string | null, string], string | null]>([
  ["default", ["HIT", "1"], null],
  ["no-cache", ["MISS", "2"], "no-cache"],
  ["reload", ["MISS", "2"], "no-cache"],
  ["no-store", ["BYPASS", "2"], "no-cache, no-store"],
  ["force-cache", ["HIT", "1"], null],
  ["only-if-cached", ["HIT", "1"], null],
])("cache: %s", async (cache, answer, said) => {
  const seen: (string | null)[] = [];
  const count = counted({ ...FRESH, etag: '"1"' });
  const api = origin(stack, (request, ...rest) => {
    seen.push(request.headers.get("cache-control"));
    expect(request.headers.get("if-none-match")).toBe(cache === "no-cache" && seen.length > 1 ? '"1"' : null);
    return count(request, ...rest);
  });
  const { ask } = own();
  await ask(api.url);
  expect(await ask(api.url, { cache })).toEqual([...answer]);
  expect(seen[1] ?? null).toBe(said);
  // What was asked for past the cache is not in it.
  expect((await ask(api.url))[1]).toBe(cache === "no-store" ? "1" : answer[1]);
});

test("force-cache and only-if-cached take what is stale, unless it says otherwise", async () => {
  const api = origin(stack, {
    "/stale": counted({ "cache-control": "max-age=0", etag: '"1"' }),
    "/strict": counted({ "cache-control": "max-age=0, must-revalidate", etag: '"1"' }),
  });
  const { cached, ask } = own();
  for (const path of ["/stale", "/strict"]) await ask(api.url + path);
  for (const cache of ["force-cache", "only-if-cached"] as const) {
    expect(await ask(`${api.url}/stale`, { cache })).toEqual(["STALE", "1"]);
  }
  expect(await ask(`${api.url}/strict`, { cache: "force-cache" })).toEqual(["MISS", "2"]);
  await expect(cached(`${api.url}/none`, { cache: "only-if-cached" })).rejects.toThrow(TypeError);
  const said = await cached(`${api.url}/none`, { headers: { "cache-control": "only-if-cached" } });
  expect(said.status).toBe(504);
});

test("redirects are followed, and each response on the way is cached for itself", async () => {
  const asked: string[] = [];
  const other = origin(stack, (request) => {
    asked.push(`other ${request.headers.get("authorization")}`);
    return new Response("there", { headers: FRESH });
  });
  const api = origin(stack, async (request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname} ${await request.text()}`);
    const to = (status: number, location: string) => new Response(null, { status, headers: { location, ...FRESH } });
    if (pathname === "/moved") return to(301, "/here#part");
    if (pathname === "/away") return to(302, `${other.url}/there`);
    if (pathname === "/see") return to(303, "/here");
    if (pathname === "/again") return to(307, "/here");
    if (pathname === "/round") return to(302, "/round");
    if (pathname === "/nowhere") return to(302, "mailto:a@b");
    return new Response("here", { headers: FRESH });
  });
  const { cached, ask } = own();
  const response = await cached(`${api.url}/moved`);
  expect([response.url, response.redirected, await response.text()]).toEqual([`${api.url}/here`, true, "here"]);
  expect(await ask(`${api.url}/moved`)).toEqual(["HIT", "here"]);
  expect(asked.splice(0)).toEqual(["GET /moved ", "GET /here "]);
  await ask(`${api.url}/away`, { headers: { authorization: "Bearer x" } });
  expect(asked.splice(0)).toEqual(["GET /away ", "other null"]);
  await ask(`${api.url}/see`, { method: "PUT", body: "x" });
  // A successful PUT invalidates what its Location names (RFC 9111 §4.4).
  expect(asked.splice(0)).toEqual(["PUT /see x", "GET /here "]);
  await ask(`${api.url}/again`, { method: "POST", body: "x" });
  expect(asked.splice(0)).toEqual(["POST /again x", "POST /here x"]);
  const stream = { method: "POST", body: new Blob(["x"]).stream() };
  await expect(cached(`${api.url}/again`, stream)).rejects.toThrow("a body that is a stream");
  await expect(cached(`${api.url}/round`)).rejects.toThrow("more than 20 times");
  await expect(cached(`${api.url}/nowhere`)).rejects.toThrow('"mailto:a@b"');
  await expect(cached(`${api.url}/moved`, { redirect: "error" })).rejects.toThrow(TypeError);
  expect((await cached(`${api.url}/moved`, { redirect: "manual" })).headers.get("location")).toBe("/here#part");
});

test("content codings are kept as they came, and taken off for whoever asks", async () => {
  const text = "hello ".repeat(1000);
  let sent = 0;
  const zipped = gzipSync(text);
  const api = origin(stack, (request) => {
    expect(request.headers.get("accept-encoding")).toBe("gzip, deflate, br, zstd");
    sent++;
    return new Response(zipped, { headers: { ...FRESH, "content-encoding": "gzip", etag: '"1"' } });
  });
  const { cached, ask } = own();
  for (const cache of ["MISS", "HIT", "HIT"]) expect(await ask(api.url)).toEqual([cache, text]);
  const response = await cached(api.url);
  expect([response.headers.get("content-encoding"), response.headers.get("content-length")]).toEqual([null, null]);
  expect([await response.clone().text(), await response.text()]).toEqual([text, text]);
  expect((await cached.stats()).cache.bytes).toBeLessThan(text.length);
  expect(sent).toBe(1);
});

test("a part is one of what was written, and not of its coding", async () => {
  const zipped = gzipSync("written".repeat(100));
  const api = origin(stack, (request) =>
    request.headers.get("accept-encoding") === "identity"
      ? new Response("wri", { status: 206, headers: { ...FRESH, "content-range": "bytes 0-2/700" } })
      : new Response(zipped, { headers: { ...FRESH, "content-encoding": "gzip" } }),
  );
  const { ask } = own();
  expect(await ask(api.url)).toEqual(["MISS", "written".repeat(100)]);
  expect(await ask(api.url, { headers: { range: "bytes=0-2" } })).toEqual(["BYPASS", "wri"]);
  // Past the end of the coded bytes, and within what they mean.
  expect(await ask(api.url, { headers: { range: "bytes=600-602" } })).toEqual(["BYPASS", "wri"]);
});

test("a 204 has no length, also where it is a hit", async () => {
  const api = origin(stack, () => new Response(null, { status: 204, headers: { "cache-control": "max-age=60" } }));
  const { cached } = own();
  for (const cache of ["MISS", "HIT"]) {
    const { headers } = await cached(api.url);
    expect([headers.get("x-cache"), headers.get("content-length")]).toEqual([cache, null]);
  }
});

test("a body ends where its signal says so", async () => {
  const api = origin(stack, () => {
    const begun = async function* () {
      yield "begun";
      await new Promise(() => undefined);
    };
    return new Response(begun(), { headers: FRESH });
  });
  const { cached } = own();
  const leaving = new AbortController();
  const response = await cached(api.url, { signal: leaving.signal });
  const read = response.text();
  leaving.abort(new Error("enough"));
  await expect(read).rejects.toThrow("enough");
});

test("a fetch of one's own is asked for no coding, and what it gives is taken as it is", async () => {
  const asked: [string, RequestInit][] = [];
  const by = mock(async (url: string, init: RequestInit) => {
    asked.push([url, init]);
    // The body is without its coding by then, and the fields say that it was there.
    const headers = { ...FRESH, "content-encoding": "gzip", "content-length": "3", etag: '"1"' };
    return new Response("plain text", { headers });
  });
  const { cached, ask } = own({}, by);
  expect([await ask("http://api.example/a"), await ask("http://api.example/a")]).toEqual([
    ["MISS", "plain text"],
    ["HIT", "plain text"],
  ]);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject(["http://api.example/a", { method: "GET", redirect: "manual" }]);
  expect(new Headers(asked[0]?.[1].headers).get("accept-encoding")).toBe("identity");
  const { headers } = await cached("http://api.example/a");
  expect([headers.get("content-encoding"), headers.get("etag")]).toEqual([null, 'W/"1"']);
  const failing = own({}, async () => {
    throw new Error("no network today");
  });
  await expect(failing.cached("http://api.example/")).rejects.toThrow(
    "GET http://api.example/: Error: no network today",
  );
});

test("a fetch that wraps Bun's has decoded bodies, and one that follows redirects is told of", async () => {
  const api = origin(stack, {
    "/zipped": () => new Response(gzipSync("zipped"), { headers: { ...FRESH, "content-encoding": "gzip" } }),
    "/moved": () => new Response(null, { status: 302, headers: { location: "/zipped" } }),
  });
  const { ask } = own({}, (url, init) => fetch(url, init));
  expect([await ask(`${api.url}/zipped`), await ask(`${api.url}/zipped`)]).toEqual([
    ["MISS", "zipped"],
    ["HIT", "zipped"],
  ]);
  const following = own({}, (url) => fetch(url));
  await expect(following.cached(`${api.url}/moved`)).rejects.toThrow("follows redirects by itself");
});

test("what fails is a rejection, as fetch has it", async () => {
  const gate = Promise.withResolvers<Response>();
  stack.defer(() => gate.resolve(new Response("")));
  const api = origin(stack, { "/slow": () => gate.promise });
  const { cached } = own({ timeout: "50ms" });
  await expect(cached("http://127.0.0.1:1/")).rejects.toThrow("GET http://127.0.0.1:1/: connection refused");
  await expect(cached("http://127.0.0.1:1/")).rejects.toThrow(TypeError);
  await expect(cached(`${api.url}/slow`)).rejects.toMatchObject({ name: "TimeoutError" });
  const leaving = new AbortController();
  const answer = cached(`${api.url}/slow`, { signal: leaving.signal });
  leaving.abort(new Error("enough"));
  await expect(answer).rejects.toThrow("enough");
  await expect(cached(api.url, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  await expect(cached("/relative")).rejects.toThrow(TypeError);
  await expect(cached(api.url, JSON.parse('{ "unix": "/tmp/x" }'))).rejects.toThrow("unix is an option of Bun's fetch");
});

test("what is in the URL itself is no origin's", async () => {
  const { cached, ask } = own();
  expect(await (await cached("data:text/plain,hi")).text()).toBe("hi");
  expect((await cached.stats()).requests.total).toBe(0);
  expect(typeof ask).toBe("function");
});

test("a shared cache keeps nothing that is one user's; a private one does, for each identity apart", async () => {
  const answer = (fields: Record<string, string>) => {
    let count = 0;
    return (request: Request) =>
      new Response(`${request.headers.get("authorization")} ${++count}`, { headers: { ...FRESH, ...fields } });
  };
  const api = origin(stack, {
    "/private": answer({ "cache-control": "private, max-age=60" }),
    "/secret": answer({}),
    "/shared": answer({ "cache-control": "s-maxage=60, max-age=0" }),
    "/cdn": answer({ "cache-control": "max-age=60", "cdn-cache-control": "no-store" }),
    "/silent": answer({ "cache-control": "private" }),
  });
  const as = (name: string) => ({ headers: { authorization: name } });
  const shared = own().ask;
  const ours = own({ cache: "private" }).ask;
  const twice = async (ask: typeof ours, path: string, init?: RequestInit) => [
    ...[(await ask(api.url + path, init))[0], (await ask(api.url + path, init))[0]],
  ];
  expect(await twice(shared, "/private")).toEqual(["MISS", "MISS"]);
  expect(await twice(shared, "/secret", as("a"))).toEqual(["MISS", "MISS"]);
  expect(await twice(shared, "/shared")).toEqual(["MISS", "HIT"]);
  expect(await twice(shared, "/cdn")).toEqual(["MISS", "MISS"]);
  expect(await twice(ours, "/private")).toEqual(["MISS", "HIT"]);
  expect(await twice(ours, "/secret", as("a"))).toEqual(["MISS", "HIT"]);
  expect(await twice(ours, "/secret", as("b"))).toEqual(["MISS", "HIT"]);
  expect(await ours(`${api.url}/secret`, as("a"))).toEqual(["HIT", "a 3"]);
  expect((await ours(`${api.url}/secret`))[0]).toBe("MISS");
  expect(await twice(ours, "/shared")).toEqual(["MISS", "MISS"]);
  expect(await twice(ours, "/cdn")).toEqual(["MISS", "HIT"]);
  // That it is private says nothing of how long it may be kept.
  expect(await twice(ours, "/silent")).toEqual(["MISS", "MISS"]);
});

test("purging goes by whole URLs, and by the tags of an origin", async () => {
  const api = origin(stack, () => new Response("x", { headers: { ...FRESH, "cache-tag": "users" } }));
  const { cached, ask } = own();
  const fill = async (): Promise<void> => {
    for (const path of ["/users/1", "/users/2", "/b"]) await ask(api.url + path);
  };
  await fill();
  expect(await cached.purge(`${api.url}/users/1`)).toBe(1);
  expect(await cached.purge(`${api.url}/users/*`)).toBe(1);
  await fill();
  expect(await cached.purge({ prefix: `${api.url}/users/` })).toBe(2);
  expect(await cached.purge({ tag: "users", origin: api.url, soft: true })).toBe(1);
  expect(await cached.purge({ tags: ["users"], origin: "http://elsewhere.example" })).toBe(0);
  expect(await cached.clear()).toBe(1);
  await fill();
  expect(await cached.purge({ everything: true })).toBe(3);
  await expect(cached.purge("/users/1")).rejects.toThrow('"/users/1" is no http or https URL');
  await expect(cached.purge(JSON.parse('{ "tag": "users" }'))).rejects.toThrow("tags are those of an origin");
  await expect(cached.purge(JSON.parse('{ "tga": "users" }'))).rejects.toThrow('no "tga"');
});

test("a store on disk outlives it, and what was private is nobody else's", async () => {
  const api = origin(stack, { "/a": counted({ ...FRESH, "cache-control": "private, max-age=60" }) });
  const folder = await mkdtemp(join(tmpdir(), "cached-fetch-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const store = `sqlite:${join(folder, "cache.db")}`;
  const asked = async (options: CachedFetchOptions) => {
    await using cached = cachedFetch(fetch, { store, ...options });
    return (await cached(`${api.url}/a`)).headers.get("x-cache");
  };
  expect(await asked({ cache: "private" })).toBe("MISS");
  expect(await asked({ cache: "private" })).toBe("HIT");
  expect(await asked({})).toBe("MISS");
  await expect(asked({ store: "sqlite:/nowhere/a.db" })).rejects.toThrow("/nowhere");
});

test("closing lets calls finish, and takes nothing new", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const api = origin(stack, async () => {
    asked.resolve();
    await gate.promise;
    return new Response("late");
  });
  const { cached } = own();
  const answer = cached(api.url);
  await asked.promise;
  const closed = cached.close();
  gate.resolve();
  expect(await (await answer).text()).toBe("late");
  await closed;
  await expect(cached(api.url)).rejects.toThrow("closed");
  await expect(cached.stats()).rejects.toThrow("closed");
  await cachedFetch(fetch).close();
});

test.each<[object, string]>([
  [{ ttl: "5x" }, 'ttl "5x" in cachedFetch(fetch, options) is not a duration'],
  [{ tll: "5s" }, "tll in cachedFetch(fetch, options) is not known; did you mean ttl?"],
  [{ cache: "mine" }, 'cache "mine" in cachedFetch(fetch, options) is no kind of cache'],
  [{ origin: "http://h" }, "origin in cachedFetch(fetch, options) is not known"],
  [{ rules: [] }, "rules in cachedFetch(fetch, options) is not known"],
  [{ origins: {} }, "origins in cachedFetch(fetch, options) is not known: it is a proxy's (createProxy)"],
  [{ workers: 2 }, "workers in cachedFetch(fetch, options) is not known: there are ttl, timeout"],
  [{ onError: 1 }, "onError in cachedFetch(fetch, options) is not a function"],
  [{ cache: "private", store: "redis://h" }, "write sqlite:PATH"],
  [{ collapse: "shared" }, "pass store redis://"],
])("%j is refused", (options, message) => {
  const make = () => cachedFetch(fetch, JSON.parse(JSON.stringify(options)));
  expect(make).toThrow(InvalidOptions);
  expect(make).toThrow(message);
});

test("what is no function is refused at once", () => {
  expect(() => Reflect.apply(cachedFetch, undefined, [undefined])).toThrow(InvalidOptions);
});

test("it stands where fetch does", async () => {
  const api = origin(stack, { "/a": counted(FRESH) });
  const { cached } = own();
  const client: typeof fetch = cached;
  expect(() => client.preconnect(api.url)).not.toThrow();
  expect(await (await client(`${api.url}/a`)).text()).toBe("1");
});

test("whoever asks in a loop lets others have their turn", async () => {
  const api = origin(stack, { "/a": counted(FRESH) });
  const { ask } = own();
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, 1);
  while (!isOver) await ask(`${api.url}/a`);
  expect((await ask(`${api.url}/a`))[0]).toBe("HIT");
});
