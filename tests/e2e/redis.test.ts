import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { hashOf, namespaceOf } from "../../src/store/namespace.ts";
import { prefixOf } from "../../src/store/redis/names.ts";
import { until } from "../sharing/until.ts";
import { freePort, type RedisServer, startRedis } from "../store/redis-server.ts";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin, type StubOrigin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy, xCache } from "./proxy.ts";

const stack = cleanup();
/** By one name: by what a client calls us is part of what it asks for. */
const NAMED = { headers: { host: "api.test" } };

/** Resolves once Redis holds what a path of an origin brought. */
async function stored(redis: RedisServer, { url }: StubOrigin, path: string): Promise<void> {
  const name = `${prefixOf(namespaceOf(new URL(url)))}v:${hashOf(url + path)}`;
  const raw = new Bun.RedisClient(redis.url);
  await until("Redis holds it", () => raw.exists(name));
  raw.close();
}

/**
 * Asks for other paths until one lies in Redis: what is asked for in the same moment as Redis is opened, or is back, may count as
 * from before it, and is not stored.
 */
async function settled(proxy: RunningProxy, redis: RedisServer, { url, seen }: StubOrigin): Promise<void> {
  const raw = new Bun.RedisClient(redis.url);
  for (let found = false; !found; ) {
    const path = `/settled-${seen.length}`;
    await outcome(proxy, path, NAMED);
    for (let i = 0; i < 20 && !found; i++) {
      found = await raw.exists(`${prefixOf(namespaceOf(new URL(url)))}v:${hashOf(url + path)}`);
      if (!found) await Bun.sleep(5);
    }
  }
  raw.close();
}

/** Several of them: on a machine that is busy Redis may be too slow for one, which is a miss then, as promised. */
const PATHS = ["/a", "/b", "/c", "/d"];

/** What is answered from the cache at the first of the paths for which anything is. */
async function firstHit(proxy: RunningProxy): Promise<Response> {
  for (const path of PATHS) {
    const response = await ask(proxy, path, NAMED);
    if (xCache(response) === "HIT") return response;
    await response.bytes();
  }
  throw new Error("There was no hit.");
}

/** Starts a proxy on a Redis with which it gets on. */
async function startSettled(redis: RedisServer, stub: StubOrigin): Promise<RunningProxy> {
  const proxy = await startProxy(stack, stub.url, `--store ${redis.url}`);
  await settled(proxy, redis, stub);
  return proxy;
}

/** How many commands Redis has been given, this question included. */
async function commands(redis: RedisServer): Promise<number> {
  const raw = new Bun.RedisClient(redis.url);
  const info = String(await raw.send("INFO", ["commandstats"]));
  raw.close();
  return [...info.matchAll(/cmdstat_(?:evalsha|eval|get):calls=(\d+)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}

describe("proxies that share a Redis", () => {
  test("what one has fetched the others hit, with its age, also after a new start", async () => {
    const redis = await startRedis(stack);
    const hourly = origin(stack, counted({ "cache-control": "max-age=3600", age: "100" }));
    const first = await startSettled(redis, hourly);
    for (const path of PATHS) {
      expect(await outcome(first, path, NAMED)).toEqual(["MISS", "1"]);
      await stored(redis, hourly, path);
    }
    first.signal("SIGTERM");
    await first.exited;
    const second = await startProxy(stack, hourly.url, `--store ${redis.url} --workers 2`);
    const hit = await firstHit(second);
    expect(await hit.text()).toBe("1");
    expect(Number(hit.headers.get("age"))).toBeWithin(100, 160);
  });

  test("a change through one is seen by another that had nothing in memory", async () => {
    const redis = await startRedis(stack);
    const stub = origin(stack, (request, count) =>
      request.method === "GET"
        ? new Response(String(count), { headers: { "cache-control": "max-age=3600" } })
        : new Response(null, { status: 204 }),
    );
    const a = await startSettled(redis, stub);
    const b = await startSettled(redis, stub);
    await outcome(a, "/x", NAMED);
    await stored(redis, stub, "/x");
    await outcome(a, "/x", { ...NAMED, method: "PUT" });
    expect(await outcome(b, "/x", NAMED)).toEqual(["MISS", "3"]);
  });

  test("a hit from memory asks Redis nothing", async () => {
    const redis = await startRedis(stack);
    const stub = origin(stack, counted({ "cache-control": "max-age=3600" }));
    const proxy = await startSettled(redis, stub);
    await outcome(proxy, "/a", NAMED);
    await stored(redis, stub, "/a");
    const before = await commands(redis);
    for (let i = 0; i < 20; i++) expect(await outcome(proxy, "/a", NAMED)).toEqual(["HIT", "1"]);
    expect(await commands(redis)).toBe(before);
  });

  test("large and binary bodies come whole", async () => {
    const redis = await startRedis(stack);
    const bytes = new Uint8Array(3_000_000).map((_, i) => (i * 7) >> 3);
    const stub = origin(stack, () => new Response(bytes, { headers: { "cache-control": "max-age=3600" } }));
    const a = await startSettled(redis, stub);
    const b = await startSettled(redis, stub);
    for (const path of PATHS) {
      await outcome(a, path, NAMED);
      await stored(redis, stub, path);
    }
    const hit = await firstHit(b);
    expect(Buffer.from(await hit.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe("a Redis that fails", () => {
  const lines = ({ stderr, stdout }: RunningProxy, text: string): string[] =>
    [...stderr.all, ...stdout.all].filter((line) => line.includes(text));

  test.each(["kill", "pause"] as const)("by %s lets the proxy serve, says so once, and is used again", async (how) => {
    const redis = await startRedis(stack);
    const stub = origin(stack, counted({ "cache-control": "max-age=3600" }));
    const proxy = await startSettled(redis, stub);
    await outcome(proxy, "/before", NAMED);
    await stored(redis, stub, "/before");
    await redis[how]();
    expect(await outcome(proxy, "/before", NAMED)).toEqual(["HIT", "1"]);
    for (let i = 0; i < 10; i++) {
      expect((await outcome(proxy, `/${i}`, NAMED))[0]).toBe("MISS");
      expect((await outcome(proxy, `/${i}`, NAMED))[0]).toBe("HIT");
    }
    expect((await ask(proxy, "/before", { ...NAMED, method: "DELETE" })).status).toBe(200);
    expect(await outcome(proxy, "/before", NAMED)).toEqual(["MISS", "3"]);
    expect(lines(proxy, "cannot be reached")).toHaveLength(1);
    const back = how === "kill" ? await startRedis(stack, { port: redis.port }) : redis;
    back.resume();
    await proxy.stderr.find((line) => line.includes("answers again"));
    await settled(proxy, back, stub);
    expect(lines(proxy, "the store failed")).toEqual([]);
  });

  test("is waited for where it is not there at the start", async () => {
    const port = freePort();
    const stub = origin(stack, counted({ "cache-control": "max-age=3600" }));
    const proxy = await startProxy(stack, stub.url, `--store redis://:secret@127.0.0.1:${port}`);
    const [line = ""] = lines(proxy, "cannot be reached");
    expect(line).toContain(`Redis at redis://127.0.0.1:${port} cannot be reached`);
    expect(await outcome(proxy, "/a", NAMED)).toEqual(["MISS", "1"]);
    expect([...proxy.stderr.all, ...proxy.stdout.all].join("\n")).not.toContain("secret");
  });

  test("by a wrong password is no start, and says why without it", async () => {
    const redis = await startRedis(stack, { flags: ["--requirepass", "right"] });
    const url = `redis://:wrong-secret@127.0.0.1:${redis.port}`;
    const command = runCommand(stack, ["--port", "0", "--origin", "http://127.0.0.1:1", "--store", url]);
    expect(await command.exited).toBe(1);
    await command.stderr.ended;
    const text = command.stderr.all.join("\n");
    expect(text).toContain(`Redis at redis://127.0.0.1:${redis.port} cannot be used: WRONGPASS`);
    expect(text).not.toContain("wrong-secret");
  });
});

test("rediss:// speaks TLS to who can prove its name, and to nobody else", async () => {
  const folder = scratch(stack);
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost";
  const names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert];
  expect(await Bun.spawn(["openssl", ...words.split(" "), ...names], { stderr: "ignore" }).exited).toBe(0);
  const port = freePort();
  const flags = ["--tls-port", `${port}`, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-auth-clients", "no"];
  const redis = await startRedis(stack, { flags });
  const stub = origin(stack, counted({ "cache-control": "max-age=3600" }));
  const store = `rediss://localhost:${port}`;

  const proxy = await startProxy(stack, stub.url, `--store ${store}`, { env: { NODE_EXTRA_CA_CERTS: cert } });
  await settled(proxy, redis, stub);

  const command = runCommand(stack, ["--port", "0", "--origin", stub.url, "--store", store]);
  expect(await command.exited).toBe(1);
  await command.stderr.ended;
  expect(command.stderr.all.join("\n")).toContain("cannot be used: TLS: self signed certificate");
});
