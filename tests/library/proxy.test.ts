import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProxy, defineConfig, InvalidOptions, UnrecordedRequests } from "../../src/index.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { counted, origin } from "../e2e/origin.ts";

const stack = cleanup();
const FRESH = { "cache-control": "max-age=60", "content-type": "text/plain" };

async function fixtures(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "library-"));
  stack.defer(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function textOf(url: URL | string): Promise<string> {
  return (await fetch(url)).text();
}

test("it listens at a free port, and tells what passed", async () => {
  const api = origin(stack, { "/a": counted(FRESH) });
  await using proxy = await createProxy({ origin: api.url }).listen();
  expect(proxy.url.href).toBe(`http://localhost:${proxy.port}/`);
  expect(proxy.requests()).toEqual([]);
  expect([await textOf(`${proxy.url}a`), await textOf(`${proxy.url}a`)]).toEqual(["1", "1"]);
  await fetch(`${proxy.url}a`, { method: "POST" });
  expect(proxy.requests()).toMatchObject([
    { method: "GET", url: `${proxy.url}a`, path: "/a", status: 200, outcome: "MISS", reason: "uri-miss", stored: true },
    { method: "GET", path: "/a", status: 200, outcome: "HIT", ttl: expect.any(Number), bytes: 1 },
    { method: "POST", outcome: "BYPASS", reason: "method" },
  ]);
  expect(proxy.requests("method=POST")).toHaveLength(1);
  expect(() => proxy.requests("metod=POST")).toThrow(InvalidOptions);
  // The admin paths are those of the command.
  const recent = await fetch(`${proxy.url}__admin/recent`);
  expect(await recent.json()).toMatchObject({
    exchanges: [{ method: "POST" }, { outcome: "hit" }, { fwd: "uri-miss" }],
  });
});

test("a rule counts from the next request on, before the others, until it is disposed of", async () => {
  const api = origin(stack, { "/a": counted(FRESH) });
  const rules = [{ response: { headers: { "x-of": "options" } } }];
  const unopened = createProxy({ origin: api.url, rules });
  const early = unopened.rule({ response: { headers: { "x-early": "yes" } } });
  await using proxy = await unopened.listen();
  const seen = async (): Promise<readonly unknown[]> => {
    const { status, headers } = await fetch(`${proxy.url}a`);
    return [status, headers.get("x-of"), headers.get("x-early")];
  };
  expect(await seen()).toEqual([200, "options", "yes"]);
  {
    using _first = proxy.rule({ match: "/a", fault: { type: "status", status: 500 } });
    using _last = proxy.rule({ match: "/a", fault: { type: "status", retryAfter: "2s" } });
    using _other = proxy.rule({ match: "/b", fault: { type: "status", status: 418 } });
    expect((await seen())[0]).toBe(429);
    expect(await (await fetch(`${proxy.url}a`)).json()).toMatchObject({
      detail: expect.stringContaining("proxy.rule()"),
    });
  }
  early[Symbol.dispose]();
  expect(await seen()).toEqual([200, "options", null]);
  expect(() => proxy.rule({ match: "a" })).toThrow('match "a" in proxy.rule() is not the pattern of a path');
  expect(proxy.requests("status>=400")).toMatchObject([
    { outcome: "ERROR", detail: "fault-status" },
    { outcome: "ERROR", detail: "fault-status" },
  ]);
});

test("what is stored can be purged, cleared and explained by the names of either side", async () => {
  const api = origin(stack, {
    "/a": counted({ ...FRESH, "cache-tag": "letters" }),
    "/b": counted({ ...FRESH, "cache-tag": "letters" }),
    "/c/1": counted(FRESH),
  });
  await using proxy = await createProxy({ origin: api.url }).listen();
  const fill = async (): Promise<void> => {
    for (const path of ["a", "b", "c/1"]) await fetch(`${proxy.url}${path}`);
  };
  await fill();
  expect((await proxy.explain("/a")).verdict.type).toBe("fresh");
  expect((await proxy.explain(`${api.url}/a`, { headers: { "Cache-Control": "no-cache" } })).verdict.type).not.toBe(
    "fresh",
  );
  expect((await proxy.explain("/a", { method: "POST" })).method).toBe("POST");
  expect(await proxy.purge(`${proxy.url}a`)).toBe(1);
  expect(await proxy.purge("/c/*")).toBe(1);
  expect(await proxy.purge({ tag: "letters", soft: true })).toBe(1);
  expect((await proxy.explain("/b")).verdict.type).not.toBe("fresh");
  await fill();
  expect(await proxy.clear()).toBe(3);
  expect(await proxy.stats()).toMatchObject({ origin: `${api.url}/`, version: expect.any(String) });
  await expect(proxy.purge("http://elsewhere/a")).rejects.toThrow("neither the proxy");
  await expect(proxy.purge("")).rejects.toThrow(InvalidOptions);
  await expect(proxy.explain("a")).rejects.toThrow("neither a path");
  await expect(proxy.explain("/a", { method: "QUERY" })).rejects.toThrow("A QUERY is known by its content");
});

test("a frozen proxy tells what had no fixture, also once it is closed", async () => {
  const folder = await fixtures({ "a.json": '{"a":1}' });
  const errors: unknown[] = [];
  const options = {
    origin: "http://127.0.0.1:9",
    fixtures: folder,
    frozen: true,
    onError: (e: unknown) => errors.push(e),
  };
  const proxy = await createProxy(options).listen();
  expect(await (await fetch(`${proxy.url}a`)).json()).toEqual({ a: 1 });
  expect((await fetch(`${proxy.url}b?c=1`)).status).toBe(504);
  expect(proxy.requests()).toMatchObject([
    { outcome: "HIT", fixture: "a.json", detail: "fixture" },
    { outcome: "ERROR", detail: "unrecorded" },
  ]);
  await proxy.close();
  expect(errors).toMatchObject([{ name: "UnrecordedRequests", requests: [{ request: "GET /b?c=1" }] }]);
  expect(errors[0]).toBeInstanceOf(UnrecordedRequests);
  expect(proxy.unrecorded()).toMatchObject([{ request: "GET /b?c=1" }]);

  const asked = createProxy(options);
  expect(asked.unrecorded()).toEqual([]);
  await asked.fetch(new Request("http://localhost/b"));
  expect(asked.unrecorded()).toHaveLength(1);
  await asked.close();
  expect(errors).toHaveLength(1);
});

test("proxies of one process know nothing of each other, and leave the process as it was", async () => {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "exit", "uncaughtException"];
  const listeners = (): readonly number[] => signals.map((name) => process.listenerCount(name));
  const before = listeners();
  const api = origin(stack, { "/a": counted(FRESH) });
  await using one = await createProxy({ origin: api.url }).listen();
  await using other = await createProxy({ origin: api.url }).listen();
  using _rule = one.rule({ response: { headers: { "x-by": "one" } } });
  expect([await textOf(`${one.url}a`), await textOf(`${other.url}a`)]).toEqual(["1", "2"]);
  expect((await fetch(`${other.url}a`)).headers.get("x-by")).toBeNull();
  expect([one.requests().length, other.requests().length]).toEqual([1, 2]);
  await one.close();
  expect(await textOf(`${other.url}a`)).toBe("2");
  expect(listeners()).toEqual(before);
});

test("closing lets what is in flight finish, and takes nothing new", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const api = origin(stack, async () => {
    asked.resolve();
    await gate.promise;
    return new Response("late");
  });
  const proxy = await createProxy({ origin: api.url }).listen();
  const answer = textOf(`${proxy.url}a`);
  await asked.promise;
  const closed = proxy.close();
  gate.resolve();
  expect(await answer).toBe("late");
  await closed;
  expect(proxy.close()).toBe(closed);
  await expect(fetch(`${proxy.url}a`)).rejects.toThrow();
  await expect(proxy.fetch(new Request(`${proxy.url}a`))).rejects.toThrow("closed");
  await expect(proxy.stats()).rejects.toThrow("closed");
  expect(proxy.requests()).toHaveLength(1);
});

test("a proxy of which nobody has wanted anything opens nothing", async () => {
  const proxy = createProxy({ origin: "http://h", fixtures: "/nowhere", frozen: true });
  expect([proxy.requests(), proxy.unrecorded()]).toEqual([[], []]);
  await proxy.close();
  await using unlistened = createProxy({ origin: "http://h", fixtures: "/nowhere", frozen: true });
  await expect(unlistened.listen()).rejects.toThrow("/nowhere is not there");
});

test("which fixtures nobody has asked for is told, also once it is closed", async () => {
  const proxy = createProxy({ fixtures: await fixtures({ "a.json": "{}", "b.json": "{}" }), frozen: true });
  expect(proxy.unused()).toEqual([]);
  await proxy.fetch(new Request("http://localhost/a"));
  await proxy.close();
  expect(proxy.unused()).toEqual(["b.json"]);
});

test("what was open already is closed where something else cannot be opened", async () => {
  const store = join(await fixtures({}), "cache.db");
  const options = { origin: "http://h", store: `sqlite:${store}` } as const;
  const unusable = createProxy({ ...options, fixtures: "/nowhere", frozen: true });
  await expect(unusable.listen()).rejects.toThrow("/nowhere is not there");
  const unknown = createProxy({ ...options, fixtures: await fixtures({ "a.json": "{}" }), scenario: "outgae" });
  await expect(unknown.listen()).rejects.toThrow("outgae");
  // Whoever closes SQLite last takes its log away.
  expect([existsSync(store), existsSync(`${store}-wal`)]).toEqual([true, false]);
});

test("the config of a file that names its origin is options too", async () => {
  const api = origin(stack, { "/a": counted(FRESH) });
  const config = defineConfig({ origin: api.url, ttl: "5m", rules: [{ response: { headers: { "x-of": "rule" } } }] });
  await using proxy = createProxy({ ...config, ttl: "1m" });
  expect((await proxy.fetch(new Request("http://localhost/a"))).headers.get("x-of")).toBe("rule");
});

test("a port that is taken is the system's error, and the proxy is closed", async () => {
  const api = origin(stack, {});
  const proxy = createProxy({ origin: "http://h", port: api.port, host: "127.0.0.1" });
  await expect(proxy.listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
  await expect(proxy.listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
  await expect(proxy.fetch(new Request("http://localhost/a"))).rejects.toThrow("closed");
});

test("no variable and no config file of the folder is read; one that is named is", async () => {
  const api = origin(stack, { "/a": counted(FRESH) });
  const folder = await fixtures({
    "caching-proxy.config.ts": 'export default { ttl: "7s", rules: [{ response: { headers: { "x-of": "file" } } }] };',
  });
  const script = `
    import { createProxy } from ${JSON.stringify(join(import.meta.dir, "../../src/index.ts"))};
    const [, , config] = process.argv;
    await using proxy = createProxy({ origin: "${api.url}", ...(config === undefined ? {} : { config }) });
    const response = await proxy.fetch(new Request("http://localhost/a"));
    console.log(response.status, response.headers.get("x-of"), response.headers.get("server-timing"));
  `;
  await writeFile(join(folder, "script.ts"), script);
  const run = (...args: readonly string[]): Promise<string> =>
    Bun.spawn([process.execPath, "--no-env-file", "script.ts", ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", CACHING_PROXY_SERVER_TIMING: "true", CACHING_PROXY_TTL: "nonsense" },
      stderr: "inherit",
    }).stdout.text();
  // Standard output has nothing else on it, such as a log.
  expect(await run()).toBe("200 null null\n");
  expect(await run("caching-proxy.config.ts")).toBe("200 file null\n");
  const missing = createProxy({ config: join(folder, "missing.yaml") });
  await expect(missing.listen()).rejects.toThrow("missing.yaml cannot be read");
});
