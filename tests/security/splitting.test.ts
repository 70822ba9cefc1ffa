import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Group } from "../../src/caching/group.ts";
import { Names } from "../../src/store/memcached/names.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { folderWith, startRuled } from "../e2e/folder.ts";
import { type RunningProxy, runCommand, startProxy } from "../e2e/proxy.ts";
import { exchange, fieldsOf, hasHead, statusOf } from "../e2e/raw.ts";
import { writeIn } from "../fixtures/open.ts";
import { openStore } from "../store/redis/opened.ts";
import { startRedis } from "../store/redis-server.ts";
import { scratch } from "../store/scratch.ts";
import { groupOf, keyOf, stored } from "../store/stored.ts";
import { expectUnharmed, type KeptOrigin, keptOrigin, settle } from "./victim.ts";

/** Texts of clients and of the origin that would end a line where they are written. Fields with CR or NUL are in smuggling-back.test.ts. */
const shared = cleanup();
let origin: KeptOrigin;
let proxy: RunningProxy;
let ruled: RunningProxy;

beforeAll(async () => {
  origin = await keptOrigin(shared, ({ target }) => {
    if (!target.startsWith("/attack")) return undefined;
    const tags =
      'Cache-Tag: a%0d%0aX-Evil: 1, "b", c\\d, \xe4\x85\x8a\r\nSurrogate-Key: e%0aX-Evil\r\nCache-Groups: "g\\""\r\n';
    const place = `Location: /attack/%0d%0aX-Evil:%201?${target.length}\r\nLink: </%0d%0aX-Evil:1>; rel=preload\r\n`;
    return `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n${tags}${place}X-Text: \x80\xff\x9b31m\t"\\\r\nContent-Length: 2\r\n\r\nok`;
  });
  [proxy, ruled] = await Promise.all([
    startProxy(shared, origin.url, "--server-timing"),
    startRuled(shared, origin.url, [{ location: "rewrite", response: { headers: { "x-own": "1" } } }]),
  ]);
  await settle(proxy);
});

afterEach(() => expectUnharmed(proxy, origin));

/** The head of a response in its lines, each of which is to be a field. */
function linesOf(response: string): readonly string[] {
  expect(hasHead(response)).toBe(true);
  return response.slice(0, response.indexOf("\r\n\r\n")).split("\r\n").slice(1);
}

const get = (port: number, target: string, fields = "") =>
  exchange(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${fields}Connection: close\r\n\r\n`);

describe("in a response: no line but those that it has", () => {
  test.each([
    ["line breaks", "/attack/%0d%0aX-Evil:%201"],
    ["line breaks in the query", "/attack?a=%0d%0aX-Evil:%201%0d%0a%0d%0ahello"],
    ["line feeds and NUL", "/attack/%0aX-Evil:1%00"],
    ["characters whose last byte is a line feed", "/attack/%E5%98%8A%E5%98%8DX-Evil:1"],
    ["the same bytes as they are", "/attack/\xe5\x98\x8a\xe5\x98\x8dX-Evil:1"],
    ["quotes and backslashes", '/attack/"?a="\\";hit;key="x'],
    ["separators of Unicode", "/attack/%E2%80%A8%C2%85"],
  ])("%s in the URL", async (_, target) => {
    for (const { port } of [proxy, ruled]) {
      for (let i = 0; i < 2; i++) {
        const response = await get(port, target);
        const lines = linesOf(response);
        expect(statusOf(response)).toBe(200);
        for (const line of lines) expect(line).toMatch(/^[\w-]+: [^\r\n\0]*$/);
        expect(fieldsOf(response).has("x-evil")).toBe(false);
        // Cache-Status is a Structured Field (RFC 9211), its key a string of one.
        expect(fieldsOf(response).get("cache-status")).toMatch(
          /^caching-proxy; (?:[\w-]+(?:=(?:[\w-]+|"(?:[^"\\]|\\["\\])*"))?(?:; |$))+$/,
        );
      }
    }
  });

  test("a template of a fixture keeps what a request says in its field", async () => {
    const root = scratch(shared);
    writeIn(root, "echo.http", "# @template\nHTTP/1.1 200 OK\nX-Echo: <{{request.query.q}}>\n\nok\n");
    const replay = await startProxy(shared, origin.url, `--record none --fixtures ${root}`);
    const response = await get(replay.port, "/echo?q=a%0d%0aX-Evil:%201%0d%0a%0d%0ahello%E5%98%8A");
    expect(fieldsOf(response).get("x-echo")).toStartWith("<a");
    expect(linesOf(response).filter((line) => /^x-evil/i.test(line))).toEqual([]);
    expect(response).toEndWith("\r\n\r\nok");
  });

  test.each([
    ["response", { response: { headers: { "x-own": "b\r\nX-Evil: 1" } } }],
    ["request", { request: { headers: { "x-own": "b\r\nX-Evil: 1" } } }],
    ["name", { response: { headers: { "x-own: b\r\nx-evil": "1" } } }],
  ])("a config with a line break in a field (%s) is refused at the start", async (_, rule) => {
    const cwd = await folderWith(shared, { "caching-proxy.config.json": JSON.stringify({ rules: [rule] }) });
    const command = runCommand(shared, ["--port", "0", "--origin", origin.url], { cwd });
    expect(await command.exited).toBe(2);
    expect(command.stderr.all.join("\n")).toContain("caching-proxy.config.json");
  });
});

test("the log has a line for each exchange and nothing that a terminal obeys", async () => {
  const fields = 'User-Agent: a\x9b31m" 200 1 "\xff\tb\\\r\nReferer: http://x/"\\\x9d0;t\x9c\r\n';
  const target = "/attack/%0d%0a%1b[2J\x9b31m\x7f";
  for (const format of ["json", "combined", "pretty"]) {
    const logged = await startProxy(shared, origin.url, `--log ${format}`);
    const before = logged.stdout.all.length;
    for (let i = 0; i < 2; i++) await get(logged.port, `/attack/${format}/%0d%0aGET%20/evil?%1b`, fields);
    await get(logged.port, target, fields);
    expect(await get(logged.port, "/last", fields)).toContain("/last");
    await logged.stdout.find((line) => line.includes("/last"));
    const lines = logged.stdout.all.slice(before).filter((line) => line.includes("/attack") || line.includes("/evil"));
    // As a pretty log has colours, and no others, where there is a terminal, there are none here.
    for (const line of lines) expect([format, line.match(/\p{Cc}/gu)]).toEqual([format, null]);
    expect([format, lines.length]).toEqual([format, 3]);
    logged.signal("SIGTERM");
    await logged.exited;
  }
});

describe("names in other programs' stores are hashes: what a client or an origin chose is no part of a command", () => {
  test("memcached", () => {
    const names = new Names("n");
    const texts = ["\r\nflush_all\r\n", "a b", "\0", "\u560a", `${"x".repeat(3000)}`, "%0d%0a", "\ud800"];
    for (const text of texts) {
      const group: Group = `tag http://a ${text}`;
      for (const name of [names.key(keyOf(`/${text}`)), names.group(group)]) expect(name).toMatch(/^[\w:-]{1,250}$/);
    }
  });

  test("Redis", async () => {
    const redis = await startRedis(shared);
    const { store } = await openStore(shared, redis.url);
    const odd = 'a"\\*?[b]\u00e4\u560a';
    await store.put(stored({ path: "/%0d%0aFLUSHALL?*[a]", body: "a", headers: [["cache-tag", 'b*?["\\]']] }));
    await store.put(stored({ path: "/b", body: "b" }));
    expect(await store.deleteGroup(groupOf(odd))).toBe(0);
    expect(await store.delete(keyOf("/*"))).toBe(0);
    const raw = new Bun.RedisClient(redis.url);
    const all: string[] = await raw.keys("*");
    raw.close();
    expect(all.length).toBeGreaterThan(3);
    for (const name of all) expect(name).toMatch(/^[\w:.-]+$/);
    expect(await store.get(keyOf("/%0d%0aFLUSHALL?*[a]"))).toHaveLength(1);
  });
});
