import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../sharing/until.ts";
import { scratch } from "../store/scratch.ts";
import { origin } from "./origin.ts";
import { ask, type RunningProxy, runCommand, startProxy, xCache } from "./proxy.ts";
import { connect, contentOf, exchange, fieldsOf, hasHead, statusOf } from "./raw.ts";

/** A body whose every byte tells where it belongs. */
function bodyOf(path: string, size: number): Buffer {
  const line = `${path}\n`;
  return Buffer.from(line.repeat(Math.ceil(size / line.length)).slice(0, size));
}

const LARGE = 700_000;

/** Answers each path with as many bytes as its query says. */
function sized(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  const headers = {
    "cache-control": "max-age=600",
    age: "100",
    etag: '"1"',
    "content-type": "application/octet-stream",
  };
  return new Response(bodyOf(pathname, Number(search.slice(1))), { headers });
}

/** By a name that is the same for every proxy: each has answers of its own. */
function want(proxy: RunningProxy, path: string): Promise<Response> {
  return ask(proxy, path, { headers: { host: "api.test", connection: "close" } });
}

async function statsOf(
  proxy: RunningProxy,
): Promise<{ store: { name: string; entries: number; state: string; errors: number } }> {
  return JSON.parse(await (await ask(proxy, "/__admin/stats")).text());
}

/** Once so many responses lie on the disk. */
async function written(proxy: RunningProxy, entries: number): Promise<void> {
  await until("so many lie there", async () => (await statsOf(proxy)).store.entries >= entries);
}

async function killed(proxy: RunningProxy): Promise<void> {
  process.kill(proxy.pid, "SIGKILL");
  await proxy.exited;
}

function get(path: string, ...fields: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, "Host: api.test", "Connection: close", ...fields, "", ""].join("\r\n");
}

/** The content of a message, however it is framed. */
function unchunked(message: string): string {
  let rest = contentOf(message);
  if (!fieldsOf(message).has("transfer-encoding")) return rest;
  let content = "";
  while (rest !== "") {
    const line = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, line), 16);
    content += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 2 + size + 2);
  }
  return content;
}

test("a restart after kill -9 is warm, and what is served is as it was from memory", async () => {
  await using stack = new AsyncDisposableStack();
  const api = origin(stack, sized);
  const store = `--store sqlite:${join(scratch(stack), "cache.db")}`;
  const paths = [`/small?10`, `/middle?100000`, `/large?${LARGE}`];
  const asked = [
    [],
    ["Range: bytes=5-9"],
    ["Range: bytes=5-9,20-30"],
    ["Range: bytes=5-9,20-"],
    ['If-Range: "2"', "Range: bytes=5-9"],
    ['If-None-Match: "1"'],
  ];
  const answers = async (proxy: RunningProxy): Promise<unknown> =>
    Promise.all(
      paths.flatMap((path) =>
        asked.map(async (fields) => {
          const answer = await exchange(proxy.port, get(path, ...fields));
          const headers = fieldsOf(answer);
          expect(Number(headers.get("age"))).toBeGreaterThanOrEqual(100);
          for (const name of ["age", "date", "cache-status"]) headers.delete(name);
          // Several ranges of a file are streamed.
          if (headers.get("content-type")?.startsWith("multipart"))
            for (const name of ["content-length", "transfer-encoding"]) headers.delete(name);
          const boundary = /boundary=(.+)/.exec(headers.get("content-type") ?? "")?.[1] ?? "none";
          return [path, fields, statusOf(answer), [...headers].join("\n"), unchunked(answer)].map((part) =>
            String(part).replaceAll(boundary, "BOUNDARY"),
          );
        }),
      ),
    );

  const first = await startProxy(stack, api.url, store);
  for (const path of paths) await (await want(first, path)).bytes();
  const before = await answers(first);
  await written(first, paths.length);
  await killed(first);

  const second = await startProxy(stack, api.url, store);
  expect(await answers(second)).toEqual(before);
  expect(api.seen).toHaveLength(paths.length);
  const whole = await want(second, `/large?${LARGE}`);
  expect([xCache(whole), whole.headers.get("content-disposition")]).toEqual(["HIT", null]);
  expect(Buffer.from(await whole.bytes()).equals(bodyOf("/large", LARGE))).toBe(true);
});

test("two workers share one file, and what lies in it is told once", async () => {
  await using stack = new AsyncDisposableStack();
  const api = origin(stack, sized);
  const store = `--workers 2 --store sqlite:${join(scratch(stack), "cache.db")}`;
  const proxy = await startProxy(stack, api.url, store);
  const paths = Array.from({ length: 20 }, (_, i) => `/${i}?1000`);
  await Promise.all(paths.map(async (path) => (await want(proxy, path)).bytes()));
  await written(proxy, paths.length);
  expect((await statsOf(proxy)).store).toMatchObject({ name: "sqlite", entries: paths.length, state: "working" });
  for (const path of [...paths, ...paths]) {
    const response = await want(proxy, path);
    expect([xCache(response), await response.text()]).toEqual([
      "HIT",
      bodyOf(path.split("?")[0] ?? "", 1000).toString(),
    ]);
  }
  const cleared = await ask(proxy, "/__admin/clear-cache", { method: "POST" });
  expect(cleared.status).toBe(200);
  await cleared.text();
  expect((await statsOf(proxy)).store.entries).toBe(0);
  expect(xCache(await want(proxy, "/0?1000"))).toBe("MISS");
});

test("a body that goes while somebody reads it slowly reaches him whole", async () => {
  await using stack = new AsyncDisposableStack();
  const api = origin(stack, sized);
  const store = `--store sqlite:${join(scratch(stack), "cache.db")}`;
  const size = 8_000_000;
  const first = await startProxy(stack, api.url, store);
  await (await want(first, `/slow?${size}`)).bytes();
  await written(first, 1);
  await killed(first);
  const second = await startProxy(stack, api.url, store);
  const response = await want(second, `/slow?${size}`);
  expect(xCache(response)).toBe("HIT");
  await (await ask(second, "/__admin/clear-cache", { method: "POST" })).text();
  rmSync(`${store.slice("--store sqlite:".length)}.bodies`, { recursive: true });
  expect(Buffer.from(await response.bytes()).equals(bodyOf("/slow", size))).toBe(true);
});

test("a stop writes what still waits, and No-Vary-Search holds after a start", async () => {
  await using stack = new AsyncDisposableStack();
  const api = origin(stack, (_, count) => {
    const headers = { "cache-control": "max-age=600", "no-vary-search": 'params=("utm")' };
    return new Response(String(count), { headers });
  });
  const store = `--store sqlite:${join(scratch(stack), "cache.db")}`;
  const first = await startProxy(stack, api.url, store);
  await (await want(first, "/a?id=1&utm=1")).text();
  first.signal("SIGTERM");
  expect(await first.exited).toBe(0);
  const second = await startProxy(stack, api.url, store);
  const found = await want(second, "/a?id=1&utm=2");
  expect([xCache(found), await found.text()]).toEqual(["HIT", "1"]);
  await ask(second, "/a?id=1", { method: "PUT", body: "x", headers: { host: "api.test" } });
  expect(xCache(await want(second, "/a?id=1&utm=2"))).toBe("MISS");
});

test("an unsafe request by one worker reaches what lies on the disk under a rule that only another one knows", async () => {
  await using stack = new AsyncDisposableStack();
  const api = origin(stack, (_, count) => {
    const headers = { "cache-control": "max-age=600", "no-vary-search": 'params=("utm")' };
    return new Response(String(count), { headers });
  });
  const store = `--workers 2 --store sqlite:${join(scratch(stack), "cache.db")}`;
  const proxy = await startProxy(stack, api.url, store);
  /** A connection stays with the worker that took it; what it is answered. */
  const connection = async () => {
    const raw = await connect(stack, proxy.port);
    const send = async (method: string, path: string): Promise<string> => {
      raw.received = "";
      raw.write(`${method} ${path} HTTP/1.1\r\nHost: api.test\r\nContent-Length: 0\r\n\r\n`);
      return raw.until(
        (text) => hasHead(text) && contentOf(text).length >= Number(fieldsOf(text).get("content-length")),
      );
    };
    return { send, worker: contentOf(await send("GET", "/health")).match(/"worker":\d/)?.[0] };
  };
  const one = await connection();
  let other = await connection();
  while (other.worker === one.worker) other = await connection();
  const found = async (): Promise<string | null> => fieldsOf(await one.send("GET", "/a?id=1&utm=2")).get("x-cache");
  await one.send("GET", "/a?id=1&utm=1");
  await written(proxy, 1);
  expect(await found()).toBe("HIT");
  await other.send("PUT", "/a?id=1");
  expect(await found()).toBe("MISS");
});

test.each([
  ["completed", LARGE, "0-399999", "399990-499999", "5-699999"],
  ["joined with another", 3_000_000, "0-1999999", "1999990-2499999", "5-2499999"],
])("a part that lies on the disk is %s", async (_, size, before, asked, held) => {
  await using stack = new AsyncDisposableStack();
  const whole = bodyOf("/a", size);
  const api = origin(stack, (request) => {
    const [, from = "", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.get("range") ?? "") ?? [];
    const last = to === "" ? size - 1 : Number(to);
    const headers = { "cache-control": "max-age=600", etag: '"1"', "content-range": `bytes ${from}-${last}/${size}` };
    return new Response(whole.subarray(Number(from), last + 1), { status: 206, headers });
  });
  const store = `--store sqlite:${join(scratch(stack), "cache.db")}`;
  const ranged = async (proxy: RunningProxy, range: string): Promise<string> => {
    const response = await ask(proxy, "/a", { headers: { host: "api.test", range: `bytes=${range}` } });
    const [from = 0, to = 0] = range.split("-").map(Number);
    expect(Buffer.from(await response.bytes()).equals(whole.subarray(from, to + 1))).toBe(true);
    return xCache(response);
  };
  const first = await startProxy(stack, api.url, store);
  expect(await ranged(first, before)).toBe("MISS");
  await written(first, 1);
  await killed(first);
  const second = await startProxy(stack, api.url, store);
  expect(await ranged(second, before)).toBe("HIT");
  expect(await ranged(second, asked)).toBe("MISS");
  expect(await ranged(second, held)).toBe("HIT");
  expect(api.seen).toHaveLength(2);
});

test("a disk that fails while the proxy runs costs no answer, is counted and told", async () => {
  await using stack = new AsyncDisposableStack();
  const api = origin(stack, sized);
  const path = join(scratch(stack), "cache.db");
  const proxy = await startProxy(stack, api.url, `--store sqlite:${path}`);
  rmSync(`${path}.bodies`, { recursive: true });
  writeFileSync(`${path}.bodies`, "no folder");
  for (let i = 0; i < 5; i++) {
    const response = await want(proxy, `/${i}?${LARGE}`);
    expect([xCache(response), (await response.bytes()).length]).toEqual(["MISS", LARGE]);
  }
  const told = await proxy.stderr.find((line) => line.includes("store failed"));
  expect(told).toContain("the store failed to put");
  await until("it is counted", async () => (await statsOf(proxy)).store.errors > 0);
  expect((await statsOf(proxy)).store.state).toBe("failing");
  rmSync(`${path}.bodies`);
  await (await want(proxy, `/again?${LARGE}`)).bytes();
  await written(proxy, 1);
  expect((await statsOf(proxy)).store.state).toBe("working");
});

test("what is damaged on the disk is fetched anew, counted, and never served", async () => {
  await using stack = new AsyncDisposableStack();
  const api = origin(stack, sized);
  const path = join(scratch(stack), "cache.db");
  const first = await startProxy(stack, api.url, `--store sqlite:${path}`);
  const paths = [`/a?10`, `/b?${LARGE}`, `/c?${LARGE}`, `/d?${LARGE}`, "/e?10"];
  for (const one of paths) await (await want(first, one)).bytes();
  await written(first, paths.length);
  await killed(first);
  const db = new Database(path);
  const files = [...new Bun.Glob("*/*").scanSync(`${path}.bodies`)].map((name) => join(`${path}.bodies`, name));
  expect(files).toHaveLength(3);
  const [altered = "", cut = "", gone = ""] = files;
  const bytes = readFileSync(altered);
  bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
  writeFileSync(altered, bytes);
  writeFileSync(cut, readFileSync(cut).subarray(0, 5000));
  rmSync(gone);
  db.run("UPDATE contents SET body = x'0102' WHERE id = 1");
  db.run("UPDATE contents SET head = replace(head, '600', '601') WHERE id = 5");
  db.close();

  const second = await startProxy(stack, api.url, `--store sqlite:${path}`);
  for (const one of paths) {
    const response = await want(second, one);
    expect(xCache(response)).toBe("MISS");
    const [name = "", size] = one.split("?");
    expect(Buffer.from(await response.bytes()).equals(bodyOf(name, Number(size)))).toBe(true);
  }
  expect((await statsOf(second)).store).toMatchObject({ damaged: 5, errors: 0 });
});

describeUnusable();

function describeUnusable(): void {
  const cases: readonly [name: string, prepare: (folder: string) => string, said: string][] = [
    ["a folder that does not exist", (folder) => join(folder, "none/cache.db"), "does not exist: make it"],
    ["a folder", (folder) => folder, "this is a folder: name a file in it"],
    ["a device", () => "/dev/null", "no file of its own"],
    ["a file below a file", (folder) => join(made(folder, "x"), "cache.db"), "is no folder"],
    [
      "no database",
      (folder) => made(folder, "This is a letter to my mother.".repeat(100)),
      "no database and is left as it is",
    ],
    ["another database", (folder) => database(folder, "CREATE TABLE notes (text)"), "a database of something else"],
    [
      "another version",
      (folder) => database(folder, "PRAGMA application_id = 1668315257", "PRAGMA user_version = 7"),
      "another version",
    ],
    ["a place where nothing can be written", () => "/proc/cache.db", "cannot be opened to be written"],
  ];
  test.each(cases)("%s is said at the start, with what to do, and left as it is", async (_, prepare, said) => {
    await using stack = new AsyncDisposableStack();
    const path = prepare(scratch(stack));
    const before = existsSync(path) && !path.endsWith("cache.db") ? undefined : existsSync(path) && readFileSync(path);
    const command = runCommand(stack, ["--port", "0", "--origin", "http://127.0.0.1:9", "--store", `sqlite:${path}`]);
    expect(await command.exited).toBe(1);
    const message = await command.stderr.find((line) => line.includes("--store"));
    expect(message).toContain(`--store sqlite:${path}: `);
    expect(message).toContain(said);
    if (before !== undefined) expect(existsSync(path) && readFileSync(path)).toEqual(before);
  });
}

function made(folder: string, text: string): string {
  const path = join(folder, "cache.db");
  writeFileSync(path, text);
  return path;
}

function database(folder: string, ...statements: readonly string[]): string {
  const path = join(folder, "cache.db");
  const db = new Database(path);
  for (const statement of statements) db.run(statement);
  db.close();
  return path;
}
