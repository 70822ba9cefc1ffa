import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { until } from "../sharing/until.ts";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin, type StubOrigin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy, xCache } from "./proxy.ts";

const shared = cleanup();
const folder = scratch(shared);
let stub: StubOrigin;
let proxy: RunningProxy;
const reached = Promise.withResolvers<void>();

beforeAll(async () => {
  const fresh = { "cache-control": "max-age=600" };
  stub = origin(shared, (request, count) => {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/private":
        return new Response("p", { headers: { "cache-control": "private" } });
      case "/missing":
        return new Response("no", { status: 404 });
      case "/busy":
        return count === 1
          ? new Response("later", { status: 429, headers: { "retry-after": "0" } })
          : new Response("b", { headers: fresh });
      case "/for-hours":
        return new Response("later", { status: 503, headers: { "retry-after": "7200" } });
      case "/variants":
        return new Response(request.headers.get("accept-encoding"), { headers: { ...fresh, vary: "Accept-Encoding" } });
      case "/away":
        return new Response(null, { status: 301, headers: { ...fresh, location: "http://elsewhere.example/" } });
      case "/hangs":
        reached.resolve();
        return Promise.withResolvers<Response>().promise;
      case "/sitemap.xml":
        return new Response(sitemap("urlset", "url", [`${stub.url}/s1`, "https://elsewhere.example/s2"]));
      case "/index.xml.gz":
        return new Response(
          Bun.gzipSync(
            sitemap("sitemapindex", "sitemap", [
              `${stub.url}/sitemap.xml`,
              `${stub.url}/index.xml.gz`,
              `${stub.url}/gone.xml`,
            ]),
          ),
        );
      case "/gone.xml":
        return new Response("no", { status: 404 });
      case "/feed.xml":
        return new Response("<rss/>", { headers: fresh });
      default:
        return counted(fresh)(request, count);
    }
  });
  proxy = await startProxy(shared, stub.url, "--log off");
});

function sitemap(root: string, member: string, urls: readonly string[]): string {
  return `<?xml version="1.0"?><${root}>${urls.map((url) => `<${member}><loc>${url}</loc></${member}>`).join("")}</${root}>`;
}

/** The path of a file with these lines. */
async function file(name: string, lines: readonly string[] | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await Bun.write(path, lines instanceof Uint8Array ? lines : `${lines.join("\n")}\n`);
  return path;
}

type Summary = { readonly stored: number; readonly already: number; readonly failed: number };

/** Runs the command: its exit code, the summary, and what standard error says. */
async function warm(args: readonly string[], options: { port?: number; input?: Uint8Array } = {}) {
  const { port = proxy.port, ...others } = options;
  const command = runCommand(shared, ["warm", "--port", String(port), "--json", ...args], others);
  const code = await command.exited;
  await Promise.all([command.stdout.ended, command.stderr.ended]);
  const summary: Summary | undefined =
    command.stdout.all.length === 0 ? undefined : JSON.parse(command.stdout.all.join(""));
  return { code, summary, said: command.stderr.all.join("\n") };
}

/** Asks by the name that a person would use, for which the cache was warmed. */
const asPerson = (path: string, headers = {}) =>
  ask(proxy, path, { headers: { host: `localhost:${proxy.port}`, ...headers } });

describe("a list", () => {
  test("is asked for, each URL once, however it is written", async () => {
    const path = await file("urls.txt", [
      "# mine",
      "/a",
      "",
      `http://localhost:${proxy.port}/b?y=1#f`,
      `${stub.url}/c`,
      "/a",
      "/private",
      "/busy",
    ]);
    const { code, summary, said } = await warm([path]);
    expect([code, said]).toEqual([0, ""]);
    expect(summary).toMatchObject({
      ...{ urls: 5, requests: 5, stored: 4, already: 0, failed: 0, notAsked: 0 },
      notStorable: { private: 1 },
    });
    for (const warmed of ["/a", "/b?y=1", "/c", "/busy"]) expect(xCache(await asPerson(warmed))).toBe("HIT");
    expect(stub.seen.filter((seen) => seen.path === "/a")).toHaveLength(1);
    expect((await warm([path])).summary).toMatchObject({ stored: 0, already: 4 });
  });

  test("what fails is named, the rest is warmed, and the exit code says so", async () => {
    const path = await file("some-fail.txt", [
      "/d",
      "/missing",
      "http://elsewhere.example/x",
      "/__admin/clear-cache",
      "/health",
    ]);
    const { code, summary, said } = await warm([path]);
    expect([code, said]).toEqual([1, "error: 4 of 5 requests failed"]);
    expect(summary).toMatchObject({
      stored: 1,
      failed: 4,
      failures: expect.arrayContaining([
        { what: "/missing", reason: expect.stringContaining("status 404") },
        { what: "http://elsewhere.example/x", reason: expect.stringContaining(`nor its origin (${stub.url})`) },
      ]),
    });
    expect(stub.seen.some((seen) => seen.path.includes("clear-cache"))).toBe(false);
  });

  test("a path is one, also where it is a folder of this machine", async () => {
    expect(await warm(["/"])).toMatchObject({ code: 0, summary: { urls: 1, stored: 1 } });
  });

  test("comes on standard input too, also packed", async () => {
    const plain = await warm(["-"], { input: new TextEncoder().encode("/i1\n/i2\n") });
    expect([plain.code, plain.summary]).toMatchObject([0, { stored: 2 }]);
    const packed = await warm(["-"], { input: Bun.gzipSync("/i2\n/i3\n") });
    expect([packed.code, packed.summary]).toMatchObject([0, { stored: 1, already: 1 }]);
  });
});

describe("a sitemap", () => {
  test("by its URL, asked of the proxy", async () => {
    const { code, summary } = await warm([`${stub.url}/sitemap.xml`]);
    expect([code, summary]).toMatchObject([1, { urls: 2, stored: 1, failed: 1 }]);
    expect(xCache(await asPerson("/s1"))).toBe("HIT");
  });

  test("that names others, itself too, packed, and one that is gone", async () => {
    const { code, summary } = await warm(["/index.xml.gz"]);
    expect([code, summary]).toMatchObject([1, { urls: 3, stored: 0, already: 1, failed: 2 }]);
    expect(JSON.stringify(summary)).toContain("cannot be read: status 404");
  });

  test("in a file, packed", async () => {
    const path = await file("map.xml.gz", Bun.gzipSync(sitemap("urlset", "url", ["/f1", "/f2"])));
    expect((await warm([path])).summary).toMatchObject({ urls: 2, stored: 2 });
  });

  test.each([
    ["<urlset><url>", "is not well-formed XML"],
    ["<rss/>", "is XML, but no sitemap"],
  ])("%s in a file", async (xml, message) => {
    const { code, said } = await warm([await file("bad.xml", [xml])]);
    expect([code, said]).toEqual([1, expect.stringContaining(message)]);
  });

  test("other XML by its URL is one URL", async () => {
    expect((await warm(["/feed.xml"])).summary).toMatchObject({ urls: 1, failed: 0 });
    expect(xCache(await asPerson("/feed.xml"))).toBe("HIT");
  });
});

describe("one URL", () => {
  test("by several values of a field: each variant", async () => {
    const { summary } = await warm(["/variants", "-H", "Accept-Encoding: gzip", "-H", "Accept-Encoding: br"]);
    expect(summary).toMatchObject({ urls: 1, variants: 2, requests: 2, stored: 2 });
    for (const coding of ["gzip", "br"])
      expect(xCache(await asPerson("/variants", { "accept-encoding": coding }))).toBe("HIT");
    expect(xCache(await asPerson("/variants", { "accept-encoding": "zstd" }))).toBe("MISS");
  });

  test("by the name that clients use", async () => {
    await warm(["https://shop.example/named", "-H", "Host: shop.example"]);
    expect(xCache(await ask(proxy, "/named", { headers: { host: "shop.example" } }))).toBe("HIT");
    expect(xCache(await asPerson("/named"))).toBe("MISS");
  });

  test("a redirect is stored and not followed", async () => {
    expect(await warm(["/away"])).toMatchObject({ code: 0, summary: { stored: 1 } });
  });

  test("an origin that wants to be left alone for longer than anybody waits", async () => {
    const { code, summary, said } = await warm(["/for-hours"]);
    expect([code, summary]).toMatchObject([1, { notAsked: 1, halted: "too-long" }]);
    expect(said).toContain("the origin asks to be left alone for 7,200 s");
  });
});

test("Ctrl-C ends it with the summary of what was done", async () => {
  const path = await file("hangs.txt", ["/j1", "/hangs", "/j2"]);
  const command = runCommand(shared, ["warm", path, "--port", String(proxy.port), "-c", "1"]);
  await reached.promise;
  command.signal("SIGINT");
  expect(await command.exited).toBe(1);
  await command.stdout.ended;
  const said = command.stdout.all.join("\n");
  expect(said).toMatch(/^3 URLs, .*\n {2}stored +1\n {2}not asked +2 {2}\(stopped\)$/);
  expect(xCache(await asPerson("/j1"))).toBe("HIT");
});

test("Ctrl-C ends it while it waits for standard input", async () => {
  const script = new URL("../../src/cli.ts", import.meta.url).pathname;
  const args = ["--no-env-file", script, "warm", "-", "--port", String(proxy.port)];
  const child = Bun.spawn([process.execPath, ...args], {
    env: { PATH: process.env.PATH ?? "" },
    ...{ stdin: "pipe", stdout: "ignore", stderr: "pipe" },
  });
  // It has asked the proxy for its origin; what is left is to read.
  child.stdin.write("/never\n".repeat(100_000));
  await child.stdin.flush();
  child.kill("SIGINT");
  expect(await child.exited).toBe(1);
  expect(await child.stderr.text()).toContain("stopped before standard input had ended");
});

test("a terminal shows how far it is, and only that line is drawn over", async () => {
  let drawn = "";
  const script = new URL("../../src/cli.ts", import.meta.url).pathname;
  const path = await file("many.txt", [
    ...Array(50)
      .keys()
      .map((i) => `/t${i}`),
    "/hangs",
  ]);
  const child = Bun.spawn([process.execPath, "--no-env-file", script, "warm", path, "--port", String(proxy.port)], {
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", NO_COLOR: "1" },
    terminal: {
      cols: 50,
      data(_, data) {
        drawn += new TextDecoder().decode(data);
        if (drawn.includes("50 of 51, 98 %")) child.kill("SIGINT");
      },
    },
  });
  await child.exited;
  const lines = drawn.split("\u001b[K").map((text) => text.replace(/^\r/, ""));
  expect(lines.find((text) => text.includes("50 of 51"))).toMatch(/^[█░]{28,30} 50 of 51, 98 %$/);
  expect(drawn).not.toContain("\u001b[3");
  expect(drawn.split("\n").filter((text) => text.includes("█"))).toHaveLength(1);
});

describe("what cannot be begun", () => {
  test.each([
    [["urls-that-are-not.txt"], "there is no file urls-that-are-not.txt"],
    [["http://elsewhere.example/x"], "is on elsewhere.example"],
    [[], "name what to warm"],
    [["/x", "-c", "0"], '--concurrency "0" is no number of requests'],
    [["/x", "--timeout", "0"], "leaves no time for an answer"],
    [["/x", "-H", "nonsense"], '-H "nonsense" is no field'],
  ])("%j: 2", async (args, message) => {
    expect(await warm(args)).toEqual({ code: 2, summary: undefined, said: expect.stringContaining(message) });
  });

  test("nobody there: 1", async () => {
    expect(await warm(["/x"], { port: 1 })).toEqual({
      ...{ code: 1, summary: undefined },
      said: expect.stringContaining("no caching-proxy runs on port 1"),
    });
  });
});

test("of workers with a cache each it is said that one of them stores a URL", async () => {
  const several = await startProxy(shared, stub.url, "--workers 2 --log off");
  const { code, summary, said } = await warm(["/of-one"], { port: several.port });
  expect([code, summary]).toMatchObject([0, { stored: 1 }]);
  expect(said).toContain("the proxy has 2 workers with a cache each");
});

test("a proxy that ends meanwhile ends it", async () => {
  const own = await startProxy(shared, stub.url, "--log off");
  const [, before] = await outcome(own, "/health");
  expect(before).toContain("ok");
  const path = await file(
    "ends.txt",
    Array.from({ length: 2000 }, (_, i) => `/e${i}`),
  );
  const warming = warm([path, "-c", "1"], { port: own.port });
  await until("it is under way", () => stub.seen.some((seen) => seen.path === "/e9"));
  process.kill(own.pid, "SIGKILL");
  const { code, summary, said } = await warming;
  expect([code, summary]).toMatchObject([1, { halted: "gone" }]);
  expect(said).toContain("the proxy does not listen any more");
});
