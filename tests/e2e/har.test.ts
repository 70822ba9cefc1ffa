import { beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();
const SAMPLES = new URL("../har/samples/", import.meta.url).pathname;
const PAGE = "hello, wörld\n".repeat(200);
let stub: StubOrigin;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "har-"));
  shared.defer(() => rm(folder, { recursive: true }));
  stub = origin(shared, (request) => {
    const { pathname } = new URL(request.url);
    const headers = new Headers({ "cache-control": "public, max-age=600", etag: '"v1"' });
    switch (pathname) {
      case "/packed":
        headers.set("content-encoding", "gzip");
        headers.set("vary", "Accept-Encoding");
        return new Response(gzipSync(PAGE), { headers });
      case "/bytes":
        return new Response(
          new Uint8Array(100_000).map((_, i) => i),
          { headers },
        );
      case "/cookie":
        headers.set("set-cookie", "session=verysecret; Path=/");
        return new Response("cookie", { headers });
      case "/mine":
        headers.set("vary", "Authorization");
        return new Response("mine", { headers });
      default:
        return new Response(pathname, { headers });
    }
  });
});

async function run(proxy: RunningProxy, line: string) {
  const command = runCommand(shared, [...line.split(" "), "--port", String(proxy.port)], { cwd: folder });
  const code = await command.exited;
  await Promise.all([command.stdout.ended, command.stderr.ended]);
  return { code, lines: command.stdout.all, said: command.stderr.all.join("\n") };
}

/** As startProxy's `ask`, by the name that a person types. */
function byName(proxy: RunningProxy, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://localhost:${proxy.port}${path}`, { redirect: "manual", decompress: false, ...init });
}

describe("import", () => {
  test("a browser's archive answers for the origin", async () => {
    const proxy = await startProxy(shared, "https://shop.example", "--log off");
    const { code, lines, said } = await run(proxy, `import ${SAMPLES}chrome.har`);
    expect([code, said]).toEqual([0, ""]);
    expect(lines.slice(0, 1)).toEqual(["stored 4 of 11 entries"]);
    expect(
      lines
        .slice(1, 8)
        .map((line) => line.trim())
        .toSorted(),
    ).toEqual([
      "1 left: WebSockets, of which nothing is kept",
      "1 left: it answers a condition of the client's own (RFC 9110 §15.4.5)",
      "1 left: methods whose responses are not stored",
      "1 left: no response came",
      "1 left: not fetched by HTTP",
      "1 left: of other origins; --origin URL takes one for the proxy's",
      "1 left: the archive lacks the content",
    ]);
    expect(lines.slice(8, 11)).toEqual([
      "2 WebSocket messages were ignored",
      "entry 4: its content of 5120 bytes is not in the archive",
      "entry 5: it got no response (net::ERR_BLOCKED_BY_CLIENT)",
    ]);
    const response = await byName(proxy, "/api/products/1", {
      headers: { "accept-encoding": "gzip, deflate, br, zstd" },
    });
    expect([xCache(response), await response.json()]).toEqual(["HIT", { id: 1, name: "Kase", price: "3,20 E" }]);
    expect(Number(response.headers.get("age"))).toBeGreaterThan(24 * 3600);
    const png = await byName(proxy, "/logo.png");
    expect([xCache(png), (await png.bytes()).slice(1, 4)]).toEqual(["HIT", new TextEncoder().encode("PNG")]);
    const redirect = await byName(proxy, "/old");
    expect([xCache(redirect), redirect.status, redirect.headers.get("location")]).toEqual([
      "HIT",
      301,
      "/api/products/1",
    ]);
  });

  test.each(["firefox", "mitmproxy", "safari", "charles"])("%s.har, of another origin", async (name) => {
    const proxy = await startProxy(shared, stub.url, "--log off");
    const { lines } = await run(proxy, `import ${SAMPLES}${name}.har --json`);
    expect(JSON.parse(lines.join(""))).toMatchObject({ stored: 0, left: { elsewhere: expect.any(Number) } });
    const command = `import ${SAMPLES}${name}.har --origin https://shop.example --for http://127.0.0.1:${proxy.port}`;
    expect((await run(proxy, command)).lines[0]).toMatch(/^stored [123] of \d entr/);
    const before = stub.seen.length;
    const path = `/api/products/${{ firefox: 2, mitmproxy: 3, safari: 4, charles: 5 }[name]}`;
    expect((await outcome(proxy, path))[0]).toBe("HIT");
    expect(stub.seen).toHaveLength(before);
  });

  test("of standard input", async () => {
    const proxy = await startProxy(shared, "https://shop.example", "--log off");
    const input = await Bun.file(`${SAMPLES}charles.har`).bytes();
    const command = runCommand(shared, ["import", "-", "--port", String(proxy.port)], { input });
    expect(await command.exited).toBe(0);
    await command.stdout.ended;
    expect(command.stdout.all).toEqual(["stored 1 of 1 entry"]);
  });

  test.each([
    ["import none.har", 1, "none.har cannot be read"],
    [`import ${SAMPLES}README.md`, 1, "README.md is no HTTP Archive: it is no JSON"],
    [`import ${SAMPLES}chrome.har --origin shop`, 2, 'origin "shop" is no http or https URL'],
    ["import", 2, "name the archive"],
  ])("%s is refused", async (line, code, message) => {
    const proxy = await startProxy(shared, stub.url, "--log off");
    expect(await run(proxy, line)).toEqual({ code, lines: [], said: expect.stringContaining(message) });
  });

  test("several workers: who has it now is told", async () => {
    const proxy = await startProxy(shared, "https://shop.example", "--workers 2 --log off");
    const { lines } = await run(proxy, `import ${SAMPLES}charles.har`);
    expect(lines[0]).toMatch(/^stored 1 of 1 entry, by worker [12] alone: the others have caches of their own$/);
  });
});

describe("export", () => {
  test("what one proxy has stored another one answers with", async () => {
    const first = await startProxy(shared, stub.url, "--log off");
    const second = await startProxy(shared, stub.url, "--log off");
    const gzip = { headers: { "accept-encoding": "gzip" } };
    const paths: [string, RequestInit][] = [
      ["/a", {}],
      ["/packed", gzip],
      ["/bytes", {}],
      ["/cookie", {}],
    ];
    for (const [path, init] of paths) await outcome(first, path, init);
    expect(await run(first, "export all.har --with-secrets")).toEqual({ code: 0, lines: [], said: "" });
    expect((await run(second, "import all.har")).lines).toEqual(["stored 4 of 4 entries"]);
    const before = stub.seen.length;
    for (const [path, init] of paths) {
      const [one, other] = [await ask(first, path, init), await ask(second, path, init)];
      expect(xCache(other)).toBe("HIT");
      expect(await other.bytes()).toEqual(await one.bytes());
      const fields = (of: Response) =>
        [...of.headers].filter(([name]) => !["age", "cache-status", "date"].includes(name));
      expect(fields(other)).toEqual(fields(one));
    }
    expect(stub.seen).toHaveLength(before);
    const packed = await ask(second, "/packed", gzip);
    expect(gunzipSync(await packed.bytes()).toString()).toBe(PAGE);
  });

  test("to standard output, content as a person reads it, no secret of anybody's", async () => {
    const proxy = await startProxy(shared, stub.url, "--log off");
    await outcome(proxy, "/packed", { headers: { "accept-encoding": "gzip" } });
    await outcome(proxy, "/cookie");
    await outcome(proxy, "/mine", { headers: { authorization: "Bearer verysecret" } });
    const { code, lines } = await run(proxy, "export");
    expect(code).toBe(0);
    const text = lines.join("\n");
    expect(text).not.toContain("verysecret");
    const { log } = JSON.parse(text);
    expect(log.comment).toContain("hidden");
    expect(log.entries).toMatchObject([
      { request: { url: `${stub.url}/cookie` }, response: { cookies: [{ name: "session", value: "***", path: "/" }] } },
      { request: { headers: [{ name: "authorization", value: "***" }] } },
      { response: { content: { text: PAGE, size: Buffer.byteLength(PAGE) }, bodySize: gzipSync(PAGE).length } },
    ]);
    await Bun.write(join(folder, "hidden.har"), text);
    await outcome(proxy, "/a");
    expect((await run(proxy, "import hidden.har")).lines).toEqual([
      "stored 1 of 3 entries",
      "  2 left: cookies or credentials were hidden when the archive was written; export it --with-secrets",
    ]);
    const some = await run(proxy, "export --prefix /co");
    expect(JSON.parse(some.lines.join("\n")).log.entries).toHaveLength(1);
  });

  test("whoever has read enough of it has no error", async () => {
    const proxy = await startProxy(shared, stub.url, "--log off");
    for (let i = 0; i < 20; i++) await outcome(proxy, `/bytes?${i}`);
    const command = `${process.execPath} --no-env-file src/cli.ts export --port ${proxy.port} | head -c 10`;
    const child = Bun.spawn(["sh", "-c", command], { stderr: "pipe", cwd: new URL("../..", import.meta.url).pathname });
    expect([await child.stdout.text(), await child.stderr.text()]).toEqual(['{"log":{"v', ""]);
  });

  test("what passes, until somebody has seen enough", async () => {
    const proxy = await startProxy(shared, stub.url, "--log off");
    await outcome(proxy, "/before");
    const args = ["export", "live.har", "--from", "live", "--prefix", "/live/", "--port", String(proxy.port)];
    const command = runCommand(shared, args, { cwd: folder });
    // Whoever watches is seen in what he is shown.
    const entries = async () => {
      const part = (await readdir(folder)).find((name) => name.startsWith("live.har.") && name.endsWith(".part"));
      return part === undefined ? "" : await Bun.file(join(folder, part)).text();
    };
    for (let i = 0; !(await entries()).includes("/live/"); i++) await outcome(proxy, `/live/${i}`);
    await outcome(proxy, "/other");
    command.signal("SIGINT");
    expect(await command.exited).toBe(0);
    const { log } = await Bun.file(join(folder, "live.har")).json();
    expect(log.comment).toContain("not recorded");
    expect(log.entries[0]).toMatchObject({ response: { status: 200, headers: [{ name: "Cache-Status" }] } });
    for (const entry of log.entries) expect(entry.request.url).toStartWith(`${proxy.url}/live/`);
    expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test.each([
    ["export --from heaven", 2, '--from "heaven" is none'],
    ["export --seconds 3", 2, "--seconds belongs to --from live"],
    ["export --from live --seconds x", 2, '--seconds "x" is no time'],
    ["export --from live --with-secrets", 2, "no fields are recorded"],
    ["export --prefix http://elsewhere.example/", 2, "is on elsewhere.example"],
    ["export /none/such.har", 1, "/none/such.har cannot be written"],
  ])("%s is refused", async (line, code, message) => {
    const proxy = await startProxy(shared, stub.url, "--log off");
    expect(await run(proxy, line)).toEqual({ code, lines: [], said: expect.stringContaining(message) });
  });
});

test("both are guarded", async () => {
  const proxy = await startProxy(shared, stub.url, "--admin-token s3cret --log off");
  expect((await ask(proxy, "/__admin/export")).status).toBe(401);
  expect((await ask(proxy, "/__admin/import", { method: "POST", body: "{}" })).status).toBe(401);
});

describe("fixtures, without a running proxy", () => {
  async function command(line: string) {
    const child = runCommand(shared, line.split(" "), { cwd: folder });
    const code = await child.exited;
    await Promise.all([child.stdout.ended, child.stderr.ended]);
    return { code, lines: child.stdout.all, said: child.stderr.all.join("\n") };
  }

  test("a browser's archive becomes fixtures that answer alone, and those an archive again", async () => {
    const asked = `import ${SAMPLES}chrome.har --origin https://shop.example --fixtures fx`;
    const { code, lines, said } = await command(asked);
    expect([code, said, lines[0]]).toEqual([0, "", "5 fixtures written into fx, of 11 entries"]);
    expect(lines).toContain("  1 left: of other origins: https://cdn.elsewhere.example (1)");
    expect(JSON.parse((await command(`${asked} --json`)).lines.join(""))).toMatchObject({
      written: 0,
      left: { there: 5 },
    });
    const proxy = await startProxy(shared, "http://127.0.0.1:9", `--log off --frozen --fixtures ${join(folder, "fx")}`);
    const product = await ask(proxy, "/api/products/1");
    expect([xCache(product), await product.json()]).toEqual(["HIT", { id: 1, name: "Kase", price: "3,20 E" }]);
    const headers = { "content-type": "application/json" };
    expect((await ask(proxy, "/api/cart", { method: "POST", body: '{ "add": 1 }', headers })).status).toBe(201);
    const written = await command("export back.har --fixtures fx --origin https://shop.example");
    expect(written).toEqual({ code: 0, lines: [], said: expect.stringContaining("5 fixtures") });
    expect((await command("import back.har --fixtures fx --overwrite")).lines).toEqual([
      "0 fixtures written into fx, of 5 entries",
      "  5 left: there as they are",
    ]);
  });

  test("what the config file says is a secret is none's to see", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "har-"));
    shared.defer(() => rm(cwd, { recursive: true }));
    await Bun.write(
      join(cwd, "caching-proxy.config.json"),
      JSON.stringify({ origin: "http://a.test", secret: "name" }),
    );
    const run = async (line: string) => {
      const child = runCommand(shared, line.split(" "), { cwd });
      const code = await child.exited;
      await Promise.all([child.stdout.ended, child.stderr.ended]);
      return { code, lines: child.stdout.all, said: child.stderr.all.join("\n") };
    };
    await run(`import ${SAMPLES}chrome.har --origin https://shop.example --fixtures fx`);
    const file = join(cwd, "fx/api/products/1.http");
    expect(await Bun.file(file).text()).toContain('"name": "pseudonym_');
    await Bun.write(file, '{"name":"Kase"}');
    expect((await run("doctor fx")).code).toBe(1);
    const { lines } = await run("export --fixtures fx --prefix /api/products/1");
    expect(lines.join()).not.toContain("Kase");
  });

  test.each([
    [`import ${SAMPLES}chrome.har --fixtures fx`, 2, "the archive is of 2 origins"],
    [`import ${SAMPLES}chrome.har --fixtures fx --for http://a`, 2, "--for is about a running proxy"],
    [`import ${SAMPLES}chrome.har --errors`, 2, "--errors belongs to --fixtures"],
    [`import ${SAMPLES}chrome.har --fixtures fx --origin shop`, 2, '--origin "shop" has no scheme'],
    ["export --fixtures none", 1, "--fixtures none is not there"],
    ["export --fixtures fx --from live", 2, "--from is about a running proxy"],
    ["export --origin http://a.test", 2, "--origin belongs to --fixtures"],
  ])("%s is refused", async (line, code, message) => {
    expect(await command(line)).toEqual({ code, lines: [], said: expect.stringContaining(message) });
  });
});
