import { describe, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeIn } from "../fixtures/open.ts";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy, xCache } from "./proxy.ts";
import { contentOf, exchange, fieldsOf } from "./raw.ts";
import { lineToEach, statistics } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "max-age=600" };

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const root = scratch(shared);
  for (const [path, text] of Object.entries(files)) writeIn(root, path, text);
  return root;
}

/** Ends a proxy as Ctrl-C does: its exit code and what it said at last. */
async function ended(proxy: RunningProxy): Promise<{ readonly code: number; readonly said: string }> {
  proxy.signal("SIGINT");
  const code = await proxy.exited;
  await proxy.stderr.ended;
  const lines = proxy.stderr.all;
  return { code, said: lines.slice(lines.findIndex((line) => line.includes("stopped")) + 1).join("\n") };
}

const FILES = {
  "products/1.json": '{"id":1}',
  "products/[id].http":
    '# @template\nHTTP/1.1 200 OK\nContent-Type: application/json\nETag: "p"\n\n{"id": {{request.params.id}}}\n',
  "search.POST.http": 'POST /search\n\n{"q": "a"}\n\nHTTP/1.1 201 Created\n\n{"hits": 0}\n',
};

describe("--fixtures", () => {
  test("answers what is there, and the origin what is not", async () => {
    const stub = origin(
      shared,
      async (request, count) => new Response(`${count} ${await request.text()}`, { headers: FRESH }),
    );
    const root = folderOf(FILES);
    const proxy = await startProxy(shared, stub.url, `--record none --fixtures ${root}`);
    expect(await outcome(proxy, "/products/1")).toEqual(["HIT", '{"id":1}']);
    const answer = await ask(proxy, "/products/7");
    expect(await answer.text()).toBe('{"id": 7}');
    expect(answer.headers.get("cache-status")).toBe('caching-proxy; hit; key="products/[id].http"; detail=fixture');
    expect(answer.headers.has("date")).toBe(true);
    expect((await ask(proxy, "/products/7", { headers: { "if-none-match": '"p"' } })).status).toBe(304);
    const head = await exchange(
      proxy.port,
      "HEAD /products/7 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    );
    expect([fieldsOf(head).get("content-length"), contentOf(head)]).toEqual(["9", ""]);
    expect(stub.seen).toHaveLength(0);
    expect(await outcome(proxy, "/other")).toEqual(["MISS", "1 "]);
    expect(await outcome(proxy, "/other")).toEqual(["HIT", "1 "]);
    const post = (body: string) =>
      outcome(proxy, "/search", { method: "POST", body, headers: { "content-type": "application/json" } });
    expect(await post('{ "q":"a" }')).toEqual(["HIT", '{"hits": 0}']);
    expect(await post('{"q":"b"}')).toEqual(["BYPASS", '1 {"q":"b"}']);
    const stats = await (await ask(proxy, "/__admin/metrics")).text();
    expect(stats).toMatch(/tier="fixture"\} 5\b/);
  });

  test("takes up each change of a file, and says of a broken one where it is", async () => {
    const stub = origin(shared, counted({}));
    const root = folderOf(FILES);
    const proxy = await startProxy(shared, stub.url, `--fixtures ${root}`);
    /** Asks until the answer is another one: the system tells of changes when it does. */
    const until = async (path: string, status: number): Promise<string> => {
      for (;;) {
        const response = await ask(proxy, path);
        const text = await response.text();
        if (response.status === status) return text;
        await Bun.sleep(5);
      }
    };
    writeIn(root, "new/one.http", "HTTP/1.1 202\n\nnew\n");
    expect(await until("/new/one", 202)).toBe("new");
    writeIn(root, "new/one.http", "HTTP/1.1 202\nno field\n");
    expect(await until("/new/one", 500)).toContain('new/one.http:2: \\"no field\\" is no field');
    await proxy.stderr.find((line) => line.includes('new/one.http:2: "no field" is no field'));
    rmSync(join(root, "new"), { recursive: true });
    expect(await until("/new/one", 200)).toMatch(/^\d+$/);
  });

  test("of a folder that is none is one sentence", async () => {
    const file = join(folderOf({ "a.json": "{}" }), "a.json");
    const command = runCommand(shared, ["--port", "0", "--origin", "http://127.0.0.1:9", "--fixtures", file]);
    expect(await command.exited).toBe(1);
    await command.stderr.ended;
    expect(command.stderr.all).toEqual([`error: --fixtures ${file} is a file: pass a folder`]);
  });
});

describe("--ignore-query", () => {
  test("drops parameters before fixtures are asked, and from what is recorded", async () => {
    const stub = origin(shared, counted({}));
    const root = folderOf({ "list.http": "GET /list?a=1\n\nHTTP/1.1 200\n\n[]\n" });
    const proxy = await startProxy(shared, stub.url, `--fixtures ${root} --ignore-query _t`);
    expect(await outcome(proxy, "/list?_t=1&a=1")).toEqual(["HIT", "[]"]);
    await (await ask(proxy, "/new?_t=2&b=1")).text();
    await ended(proxy);
    expect(readFileSync(join(root, "new#b=1.http"), "utf8")).toStartWith("GET /new?b=1 HTTP/1.1\n");
    const frozen = await startProxy(shared, stub.url, `--fixtures ${root} --frozen --ignore-query _t`);
    expect(xCache(await ask(frozen, "/new?b=1&_t=3"))).toBe("HIT");
  });
});

describe("--record", () => {
  test.each(["", " --workers 2"])(
    "writes what is missing, which then answers without the origin%s",
    async (workers) => {
      let price = "10";
      const stub = origin(shared, (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/gone") return new Response("no", { status: 404 });
        return Response.json({ price: JSON.parse(price), token: "s3cr3t-t0ken-9f8a7b6c" });
      });
      const root = folderOf({ "kept.json": "{}" });
      const recording = await startProxy(shared, stub.url, `--fixtures ${root}${workers}`);
      for (const path of ["/p", "/gone", "/kept"]) await (await ask(recording, path)).text();
      expect(await ended(recording)).toEqual({
        code: 0,
        said: [
          "fixtures recorded: 1 new",
          "not recorded: 1 from status 400 on (--record-errors has them recorded)",
        ].join("\n"),
      });
      const written = readFileSync(join(root, "p.http"), "utf8");
      expect(written).toContain('"price": 10');
      expect(written).not.toContain("s3cr3t");

      price = '"10 EUR"';
      const again = await startProxy(shared, stub.url, `--fixtures ${root} --record all${workers}`);
      expect(await (await ask(again, "/p")).json()).toMatchObject({ price: "10 EUR" });
      expect((await ended(again)).said).toBe(
        [
          "fixtures recorded: 1 changed",
          "warning: 1 fixture says something else than before:",
          "  p.http: /price is string instead of number",
        ].join("\n"),
      );

      const asked = stub.seen.length;
      const frozen = await startProxy(shared, stub.url, `--fixtures ${root} --frozen${workers}`);
      expect(await (await ask(frozen, "/p")).json()).toMatchObject({ price: "10 EUR" });
      expect((await ended(frozen)).code).toBe(0);
      expect(stub.seen).toHaveLength(asked);
    },
  );

  test.each([
    ["--record all", "--record all needs a folder to record into: pass --fixtures DIR with it"],
    [
      "--fixtures . --frozen --record missing",
      "--record missing asks the origin, which --offline and --frozen never do",
    ],
    ["--fixtures . --record some", '--record "some" is nothing to record: write missing, all or none'],
  ])("with %s is refused", async (flags, why) => {
    const command = runCommand(shared, ["--origin", "http://127.0.0.1:9", "--port", "0", ...flags.split(" ")]);
    expect(await command.exited).toBe(2);
    await command.stderr.ended;
    expect(command.stderr.all.join("\n")).toContain(why);
  });
});

describe("--frozen", () => {
  test.each(["", " --workers 2"])("ends with 3 where something was not recorded%s", async (workers) => {
    const stub = origin(shared, counted({}));
    const root = folderOf({ ...FILES, "list.http": "GET /list?limit=10\n\nHTTP/1.1 200\n\n[]\n" });
    const proxy = await startProxy(shared, stub.url, `--frozen --fixtures ${root}${workers}`);
    expect(xCache(await ask(proxy, "/products/1"))).toBe("HIT");
    for (const _ of [1, 2]) expect((await ask(proxy, "/list?limit=20")).status).toBe(504);
    const problem = await (await ask(proxy, "/elsewhere", { method: "DELETE" })).json();
    expect(problem).toMatchObject({ title: "Unrecorded request", name: "elsewhere.DELETE.http" });
    const use = await (await ask(proxy, "/__admin/fixtures")).json();
    const unrecorded = [
      { request: "DELETE /elsewhere" },
      { request: "GET /list?limit=20", nearest: "list.http", differs: "query limit is 20 instead of 10" },
    ];
    const unused = ["list.http", "products/[id].http", "search.POST.http"];
    expect(use).toEqual({
      ...{ folder: root, offline: false, frozen: true, record: "none", fixtures: 4, used: 1 },
      unused,
      unrecorded,
      further: 0,
    });
    expect(stub.seen).toHaveLength(0);
    const { code, said } = await ended(proxy);
    expect(code).toBe(3);
    expect(said).toBe(
      [
        "warning: 3 of 4 fixtures were not used:",
        ...unused.map((file) => `  ${file}`),
        "error: 2 requests had no fixture:",
        "  DELETE /elsewhere",
        "  GET /list?limit=20",
        "    nearest is list.http: query limit is 20 instead of 10",
      ].join("\n"),
    );
  });

  test("adds up over workers, also what one met that has crashed since", async () => {
    const root = folderOf({ "a.json": "{}", "b.json": "{}" });
    const proxy = await startProxy(shared, "http://127.0.0.1:9", `--frozen --fixtures ${root} --workers 2`);
    const [first, second] = await lineToEach(shared, proxy, 2);
    await first?.get("/a");
    await first?.get("/one");
    await second?.get("/b");
    await second?.get("/two");
    const both = { used: 2, unused: [], unrecorded: [{ request: "GET /one" }, { request: "GET /two" }] };
    const use = JSON.parse(contentOf((await second?.get("/__admin/fixtures")) ?? ""));
    expect(use).toMatchObject(both);
    const { workers } = await statistics(proxy);
    process.kill(workers.find(({ worker }) => worker === first?.worker)?.pid ?? 0, "SIGKILL");
    await proxy.stderr.find((line) => line.includes("another one starts"));
    expect(JSON.parse(contentOf((await second?.get("/__admin/fixtures")) ?? ""))).toMatchObject(both);
    const { code, said } = await ended(proxy);
    expect(code).toBe(3);
    expect(said).toContain("2 requests had no fixture:\n  GET /one\n  GET /two");
  });

  test("ends with 0 where all was recorded, and needs fixtures", async () => {
    const proxy = await startProxy(shared, "http://127.0.0.1:9", `--frozen --fixtures ${folderOf({ "a.json": "{}" })}`);
    expect((await ask(proxy, "/a")).status).toBe(200);
    expect(await ended(proxy)).toEqual({ code: 0, said: "" });
    const refused = runCommand(shared, ["--frozen", "--origin", "http://h"]);
    expect(await refused.exited).toBe(2);
    const lost = runCommand(shared, ["--frozen", "--fixtures", "no/such", "--port", "0", "--origin", "http://h"]);
    expect(await lost.exited).toBe(1);
    await lost.stderr.ended;
    expect(lost.stderr.all.join()).toContain("--fixtures no/such is not there, and with --frozen nothing else answers");
  });
});

describe("--offline", () => {
  test("answers with what is stored, stale and whatever it says of that, and never asks", async () => {
    const stub = origin(shared, counted({ "cache-control": "no-cache", etag: '"1"' }));
    const store = join(scratch(shared), "cache.db");
    const before = await startProxy(shared, stub.url, `--store sqlite:${store}`);
    expect(await outcome(before, "/p?limit=1")).toEqual(["MISS", "1"]);
    expect((await ended(before)).code).toBe(0);
    const flags = `--offline --store sqlite:${store}`;
    const proxy = await startProxy(shared, stub.url, flags);
    // The name by which it is asked is part of what a response was given for.
    const host = { headers: { host: `127.0.0.1:${before.port}` } };
    expect(await outcome(proxy, "/p?limit=1", host)).toEqual(["STALE", "1"]);
    expect(await outcome(proxy, "/p?limit=1", { headers: { ...host.headers, "cache-control": "no-cache" } })).toEqual([
      "STALE",
      "1",
    ]);
    const missing = await ask(proxy, "/p?limit=2", host);
    expect([missing.status, missing.headers.get("cache-status")]).toEqual([
      504,
      "caching-proxy; fwd=uri-miss; detail=offline",
    ]);
    expect(await missing.json()).toMatchObject({
      title: "Offline",
      detail:
        "The proxy runs with --offline, and nothing answers GET /p?limit=2. Stored is /p?limit=1, but query limit is 2 instead of 1.",
      nearestKey: "/p?limit=1",
    });
    const socket = new WebSocket(`${proxy.url.replace("http", "ws")}/ws`);
    const closed = Promise.withResolvers<void>();
    socket.onerror = socket.onclose = () => closed.resolve();
    await closed.promise;
    expect((await ask(proxy, "/p", { method: "POST", body: "x" })).status).toBe(504);
    expect(stub.seen).toHaveLength(1);
    // What is never sent counts as saved, and not as asked for.
    const { saved, reasons } = JSON.parse(await (await ask(proxy, "/__admin/stats")).text());
    expect([saved.calls, reasons.forwarded]).toEqual([2, {}]);
  });

  test("answers with fixtures besides, and says which is near", async () => {
    const proxy = await startProxy(shared, "http://127.0.0.1:9", `--offline --fixtures ${folderOf(FILES)}`);
    expect(await outcome(proxy, "/products/1")).toEqual(["HIT", '{"id":1}']);
    const missing = await ask(proxy, "/product/1");
    expect([missing.status, await missing.json()]).toMatchObject([504, { nearest: "products/1.json" }]);
    expect((await ended(proxy)).code).toBe(0);
  });
});
