import { beforeAll, describe, expect, test } from "bun:test";
import type { WrittenRule } from "../../src/config/written.ts";
import { writeIn } from "../fixtures/open.ts";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { startRuled } from "./folder.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, runCommand, startProxy, xCache } from "./proxy.ts";
import { contentOf } from "./raw.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;

type Rule = { readonly rule: string; readonly section: string; readonly input: string; readonly answer: string };
type Explained = {
  readonly verdict: { readonly type: string; readonly fwd?: string; readonly detail?: string };
  readonly because: string;
  readonly changes: readonly string[];
  readonly rules: readonly Rule[];
  readonly publicOrigin: string;
  readonly key: { readonly key: string; readonly ignored: readonly string[] };
  readonly stored: readonly { readonly selected: boolean; readonly hits: number }[];
  readonly worker?: number;
  readonly others?: readonly Explained[];
};

beforeAll(async () => {
  stub = origin(shared, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const headers = new Headers({ "cache-control": "max-age=600" });
    if (pathname === "/nostore") headers.set("cache-control", "no-store");
    if (pathname.startsWith("/vary")) headers.set("vary", "Accept-Language, X-Api-Key");
    if (pathname === "/nvs") headers.set("no-vary-search", 'params=("x")');
    return new Response(`page ${searchParams.get("page")}`, { headers });
  });
  proxy = await startProxy(shared, stub.url, "--log off");
});

async function explained(query: string, on = proxy): Promise<Explained> {
  const response = await ask(on, `/__admin/explain?${query}`);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

const about = (url: string) => `url=${encodeURIComponent(url)}`;

describe("GET /__admin/explain", () => {
  test("asking fetches nothing, stores nothing and counts as no use", async () => {
    await outcome(proxy, "/once");
    const before = stub.seen.length;
    for (let i = 0; i < 3; i++) {
      const { verdict, stored } = await explained(about("/once"));
      expect(verdict.type).toBe("fresh");
      expect(stored).toMatchObject([{ selected: true, hits: 0 }]);
      expect((await explained(about("/never"))).verdict).toEqual({ type: "forward", fwd: "uri-miss" });
    }
    expect(stub.seen.length).toBe(before);
    expect(await outcome(proxy, "/never")).toEqual(["MISS", "page null"]);
  });

  test.each<[string, Record<string, string>, Explained["verdict"]["type"], string]>([
    ["as it is stored", { "accept-language": "de" }, "fresh", "HIT"],
    ["in another language", { "accept-language": "fr" }, "forward", "MISS"],
    ["with no-cache", { "accept-language": "de", "cache-control": "no-cache" }, "validate", "MISS"],
    ["only if cached", { "accept-language": "it", "cache-control": "only-if-cached" }, "gateway-timeout", "MISS"],
    ["with If-Match", { "if-match": '"x"' }, "bypass", "BYPASS"],
  ])("says what then happens: %s", async (_, headers, type, word) => {
    await ask(proxy, "/__admin/purge", { method: "POST", body: JSON.stringify({ url: "/vary" }) });
    await outcome(proxy, "/vary", { headers: { "accept-language": "de" } });
    const fields = Object.entries(headers).map(([name, value]) => `header=${encodeURIComponent(`${name}: ${value}`)}`);
    const { verdict, rules } = await explained([about("/vary"), ...fields].join("&"));
    expect(verdict.type).toBe(type);
    expect(rules.every(({ section }) => /^RFC \d+ §/.test(section))).toBe(true);
    expect(xCache(await ask(proxy, "/vary", { headers }))).toBe(word);
  });

  test("shows no credential", async () => {
    await outcome(proxy, "/vary", { headers: { "x-api-key": "verysecret" } });
    const response = await ask(proxy, `/__admin/explain?${about("/vary")}&header=X-Api-Key:alsosecret`);
    const text = await response.text();
    expect(text).toContain('"name":"x-api-key","stored":"***","asked":"***","matches":false');
    expect(text).not.toContain("secret");
  });

  test("why the last answer was not stored", async () => {
    for (let i = 0; i < 3; i++) await outcome(proxy, "/nostore");
    const { because, changes } = await explained(about("/nostore"));
    expect(because).toBe(
      "nothing is stored under this key: the last answer was not stored, since the response said `no-store`",
    );
    expect(changes).toEqual(["let the origin leave out no-store"]);
  });

  test("which parameter keeps requests apart, unless the answer depends on it", async () => {
    for (let i = 0; i < 5; i++) await outcome(proxy, `/users?page=2&_t=${i}`);
    expect((await explained(about("/users?_t=9&page=2"))).changes.slice(1)).toEqual([
      "would have been a hit if `_t` made no difference: the nearest stored key, /users?_t=0&page=2, differs in `_t` only",
      "`--ignore-query _t` would have turned 4 of the last 5 misses into hits; what is stored is the same whatever it says",
    ]);
    for (let i = 0; i < 3; i++) await outcome(proxy, `/list?page=${i}`);
    const { changes } = await explained(about("/list?page=7"));
    expect(changes.filter((change) => change.includes("--ignore-query"))).toEqual([]);
  });

  test("by whichever name, but another name of ours is another request", async () => {
    await outcome(proxy, "/named");
    const other = `http://localhost:${proxy.port}`;
    expect((await explained(about(`${stub.url}/named`))).verdict.type).toBe("fresh");
    expect((await explained(about(`${proxy.url}/named#top`))).verdict.type).toBe("fresh");
    expect((await explained(about(`${other}/named`))).verdict).toEqual({ type: "forward", fwd: "vary-miss" });
    // Who asks by a path means the name by which it is stored.
    const response = await fetch(`${other}/__admin/explain?${about("/named")}`);
    expect(await response.json()).toMatchObject({ publicOrigin: proxy.url, verdict: { type: "fresh" } });
    expect((await explained(`${about("/named")}&header=Host:localhost:${proxy.port}`)).verdict.type).toBe("forward");
    expect((await explained(`${about("/named")}&header=Host:api.test`)).publicOrigin).toBe("http://api.test");
  });

  test("what No-Vary-Search shares is found", async () => {
    await outcome(proxy, "/nvs?x=1&y=2");
    expect(await explained(about("/nvs?x=5&y=2"))).toMatchObject({
      verdict: { type: "fresh" },
      key: { key: "/nvs?x=5&y=2", shared: [{ key: "/nvs?y=2", rule: 'params=("x")' }] },
    });
  });

  test.each([
    ["", "url= is missing"],
    ["url=x", "neither a path"],
    ["url=http://else.test/", "neither the proxy"],
    ["url=/a&method=QUERY", "is known by its content"],
    ["url=/a&method=a%20b", 'method \\"a b\\" is none'],
    ["url=/a&header=x", 'header \\"x\\" is no field'],
    ["url=/a&header=x:%01", "characters that no field may hold"],
    ["url=/a&header=host:a%20b", "names no host"],
    ["url=/a&b=1", "There is no parameter b"],
    ["url=/a&url=/b", "url= is given twice"],
    ["url=/__admin/stats", "is one of the proxy's own paths"],
    ["url=/health", "is one of the proxy's own paths"],
  ])("%j is refused", async (query, reason) => {
    const response = await ask(proxy, `/__admin/explain?${query}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(reason);
  });
});

describe("caching-proxy explain", () => {
  async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const command = runCommand(shared, ["explain", "--port", String(proxy.port), ...args]);
    const code = await command.exited;
    await Promise.all([command.stdout.ended, command.stderr.ended]);
    return { code, out: command.stdout.all.join("\n"), err: command.stderr.all.join("\n") };
  }

  test("prints a tree", async () => {
    await outcome(proxy, "/vary/tree", { headers: { "accept-language": "de" } });
    const { code, out } = await run("/vary/tree", "-H", "Accept-Language: fr", "-H", "Cache-Control: max-stale");
    expect(code).toBe(0);
    const lines = out.split("\n");
    expect(lines[0]).toBe(`GET ${proxy.url}/vary/tree  MISS (vary-miss)`);
    expect(lines).toContain("accept-language is fr, stored for de: the origin is asked");
    expect(out).toMatch(/✗ RFC 9111 §4\.1 +fields match: accept-language is fr, stored for de/);
    expect(out).not.toContain("\u001b");
  });

  test("--json prints what the proxy says", async () => {
    const { code, out } = await run("/vary", "-X", "POST", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ method: "POST", verdict: { type: "bypass", fwd: "method" } });
  });

  test("says what is wrong with a question", async () => {
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining("which request to explain is missing") });
    expect(await run("http://else.test/")).toMatchObject({ code: 2, err: expect.stringContaining("is on else.test") });
    expect(await run("/a", "-H", "x")).toMatchObject({ code: 2, err: expect.stringContaining("is no field") });
  });
});

describe("--ignore-query", () => {
  test("is neither part of the key nor sent on, but the log shows what was asked", async () => {
    await using stack = new AsyncDisposableStack();
    const stub = origin(stack, () => new Response("page", { headers: { "cache-control": "max-age=600" } }));
    const ignoring = await startProxy(stack, stub.url, "--log json --ignore-query utm_*,_t");
    expect(await outcome(ignoring, "/a?b=1&utm_source=x&_t=1")).toEqual(["MISS", "page"]);
    expect(await outcome(ignoring, "/a?%5Ft=2&b=1")).toEqual(["HIT", "page"]);
    expect(await outcome(ignoring, "/a?_t=3")).toEqual(["MISS", "page"]);
    await outcome(ignoring, "/a?_t=3", { method: "POST" });
    expect(stub.seen.map(({ path }) => path)).toEqual(["/a?b=1", "/a", "/a"]);
    expect(await ignoring.stdout.find((line) => line.includes("utm_source"))).toContain("/a?b=1&utm_source=x&_t=1");
    expect(await explained(about("/a?_t=8&b=1"), ignoring)).toMatchObject({
      ...{ verdict: { type: "fresh" }, key: { key: "/a?b=1", ignored: ["_t=8"] } },
    });
    const entries = await ask(ignoring, `/__admin/entries?${about("/a?_t=1&b=1")}`);
    expect(JSON.parse(await entries.text()).entries).toHaveLength(1);
    const purged = await ask(ignoring, "/__admin/purge", {
      method: "POST",
      body: JSON.stringify({ url: "/a?_t=4&b=1" }),
    });
    expect(await purged.json()).toMatchObject({ purged: 1 });
  });

  test("what an answer names by Location is invalidated all the same", async () => {
    await using stack = new AsyncDisposableStack();
    const stub = origin(stack, ({ method }) =>
      method === "POST"
        ? new Response(null, { status: 201, headers: { location: "/made?_t=9" } })
        : new Response("page", { headers: { "cache-control": "max-age=600" } }),
    );
    const ignoring = await startProxy(stack, stub.url, "--log off --ignore-query _t");
    await outcome(ignoring, "/made?_t=1");
    await outcome(ignoring, "/make", { method: "POST" });
    expect(await outcome(ignoring, "/made?_t=2")).toEqual(["MISS", "page"]);
  });

  test("nonsense is refused", async () => {
    const command = runCommand(shared, ["--origin", stub.url, "--ignore-query", "a*b"]);
    expect(await command.exited).toBe(2);
    await command.stderr.ended;
    expect(command.stderr.all.join("\n")).toContain('--ignore-query "a*b" has a * that is not at the end');
  });
});

test("with workers each says what it would do", async () => {
  await using stack = new AsyncDisposableStack();
  const two = await startProxy(stack, stub.url, "--log off --workers 2");
  const [first, second] = await lineToEach(stack, two, 2);
  if (first === undefined || second === undefined) throw new Error("two lines were asked for");
  await first.get("/apart?page=1");
  const told: Explained = JSON.parse(contentOf(await second.get(`/__admin/explain?${about("/apart?page=1")}`)));
  expect(told).toMatchObject({ worker: second.worker, verdict: { type: "forward" } });
  expect(told.others).toMatchObject([{ worker: first.worker, verdict: { type: "fresh" } }]);
});

test("what lies on disk alone is found, too", async () => {
  await using stack = new AsyncDisposableStack();
  const store = `--store sqlite:${scratch(stack)}/cache.db`;
  {
    await using before = new AsyncDisposableStack();
    const writing = await startProxy(before, stub.url, `--log off ${store}`);
    await outcome(writing, "/kept?page=1");
    writing.signal("SIGTERM");
    await writing.exited;
  }
  const reading = await startProxy(stack, stub.url, `--log off ${store}`);
  expect((await explained(about("/kept?page=1"), reading)).stored).toMatchObject([{ tier: "sqlite", selected: true }]);
  // By the new port it is another name of ours, so that it is asked for once more.
  await outcome(reading, "/kept?page=1");
  expect((await explained(about("/kept?page=1"), reading)).stored).toContainEqual(
    expect.objectContaining({ tier: "memory", selected: true }),
  );
  expect((await explained(about("/kept?page=2"), reading)).changes.at(-1)).toContain("if `page` made no difference");
});

describe("what stands before the cache", () => {
  const RULES: readonly WrittenRule[] = [
    { match: "/cart", cache: false },
    { match: "/own", response: { body: { a: 1 } } },
    { match: "/down", fault: { type: "status", rate: 1, status: 503 } },
    { match: "/seldom", fault: { type: "status", rate: 0.00001, status: 503 } },
    { match: "/moved", request: { headers: { "x-version": "2" } } },
    { match: "/api/*", cors: true },
    { match: "POST /made", response: { status: 201, body: "made" } },
  ];

  test.each<[path: string, method: string, detail: string, says: string, fields?: Record<string, string>]>([
    ["/cart", "GET", "rule", "rules[0] of the config says `cache: false`"],
    ["/own", "GET", "rule", "rules[1] of the config answers by itself"],
    ["/down", "HEAD", "fault-status", "rules[2] of the config has each such request fail"],
    ["/made", "POST", "rule", "rules[6] of the config answers by itself"],
    ["/f/1", "GET", "fixture", "the fixture f/1.json answers"],
    ["/moved", "GET", "fixture", "the fixture moved.http answers"],
    [
      ...(["/api/1", "OPTIONS", "cors-preflight", "rules[5] of the config answers preflights"] as const),
      { origin: "http://page.test", "access-control-request-method": "PUT" },
    ],
  ])("%s by %s", async (path, method, detail, says, fields = {}) => {
    await using stack = new AsyncDisposableStack();
    const root = scratch(stack);
    writeIn(root, "f/1.json", "{}");
    writeIn(root, "moved.http", "GET /moved\nX-Version: 2\n\nHTTP/1.1 200 OK\n\nmoved");
    const proxy = await startRuled(stack, stub.url, RULES, `--fixtures ${root}`);
    const headers = Object.entries(fields).map(([name, value]) => `&header=${encodeURIComponent(`${name}: ${value}`)}`);
    const { verdict, because, changes, rules } = await explained(
      `${about(path)}&method=${method}${headers.join("")}`,
      proxy,
    );
    expect(because).toContain(says);
    expect([verdict.detail, rules.map(({ answer }) => answer), changes.length]).toEqual([detail, ["no"], 1]);
    const response = await ask(proxy, path, { method, headers: fields });
    expect(cacheStatus(response)).toEndWith(`detail=${detail}`);
    expect(response.headers.get("cache-status")?.includes("fwd=bypass")).toBe(verdict.type === "bypass");
  });

  test("a fixture whose secrets are pseudonyms answers whoever has one; where all is recorded anew none does", async () => {
    await using stack = new AsyncDisposableStack();
    const root = scratch(stack);
    const recording = await startProxy(stack, stub.url, `--log off --record missing --fixtures ${root}`);
    await outcome(recording, "/items?access_token=mine");
    recording.signal("SIGTERM");
    await recording.exited;
    const replaying = await startProxy(stack, stub.url, `--log off --fixtures ${root} --record none`);
    for (const path of ["/items?access_token=mine", "/items?access_token=yours"]) {
      const { verdict } = await explained(about(path), replaying);
      const detail = verdict.type === "answered" ? "fixture" : "none";
      expect(cacheStatus(await ask(replaying, path)).includes("detail=fixture") ? "fixture" : "none").toBe(detail);
    }
    expect((await explained(about("/items?access_token=mine"), replaying)).verdict.type).toBe("answered");
    const anew = await startProxy(stack, stub.url, `--log off --fixtures ${root} --record all`);
    expect((await explained(about("/items?access_token=mine"), anew)).verdict.type).toBe("forward");
  });

  test("what is left to chance, and what is not about the request, is not told", async () => {
    await using stack = new AsyncDisposableStack();
    const proxy = await startRuled(stack, stub.url, RULES);
    for (const path of ["/seldom", "/api/1", "/made", "/other"]) {
      expect((await explained(about(path), proxy)).verdict).toEqual({ type: "forward", fwd: "uri-miss" });
    }
  });

  test("without an origin to ask it says so", async () => {
    await using stack = new AsyncDisposableStack();
    const root = scratch(stack);
    const offline = await startProxy(stack, stub.url, "--log off --offline");
    expect((await explained(about("/x"), offline)).changes).toContain(
      "put the proxy online, or start it without --offline",
    );
    const frozen = await startProxy(stack, stub.url, `--log off --fixtures ${root} --frozen`);
    expect((await explained(about("/x"), frozen)).verdict).toEqual({ type: "answered", detail: "unrecorded" });
    expect(cacheStatus(await ask(frozen, "/x"))).toEndWith("detail=unrecorded");
  });
});
