import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { Lines } from "./lines.ts";
import { origin } from "./origin.ts";
import { ask, outcome, runCommand, startProxy } from "./proxy.ts";
import { connect, contentOf, hasHead } from "./raw.ts";

const shared = cleanup();

/** An origin that holds its answers back until told. */
function heldOrigin(stack: AsyncDisposableStack) {
  const asked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const stub = origin(stack, {
    "/held": async () => {
      asked.resolve();
      await release.promise;
      return new Response("at last");
    },
    "/free": () => new Response("free"),
  });
  return { ...stub, asked: asked.promise, release: () => release.resolve() };
}

describe("start-up", () => {
  test("says name, version, time, local URL, origin, bound and how to clear, in plain lines", async () => {
    const stub = origin(shared, () => new Response("ok"));
    const proxy = await startProxy(shared, stub.url, "--max-size 64mb");
    await proxy.stderr.find((line) => line.startsWith("  stats"));
    const text = proxy.stderr.all.join("\n");
    expect(text).toMatch(new RegExp(`^caching-proxy ${manifest.version} ready in \\d+ ms$`, "m"));
    expect(text).toContain(`  listens on  http://localhost:${proxy.port}\n`);
    expect(text).toContain(`  origin      ${stub.url}\n`);
    expect(text).toContain("  cache       64mb in memory");
    expect(text).toContain(`  clear       bun start clear --port ${proxy.port}\n`);
    expect(text).not.toContain("\u001B");
    expect(proxy.stdout.all).toEqual([]);
  });

  test("listens on both loopback addresses and nowhere else", async () => {
    const stub = origin(shared, () => new Response("ok"));
    const proxy = await startProxy(shared, stub.url);
    expect((await fetch(`http://127.0.0.1:${proxy.port}/`, { proxy: "" })).status).toBe(200);
    expect((await fetch(`http://[::1]:${proxy.port}/`, { proxy: "" })).status).toBe(200);
    await expect(fetch(`http://127.0.0.2:${proxy.port}/`, { proxy: "" })).rejects.toThrow();
  });

  test("the commands that it names do what it says", async () => {
    const stub = origin(shared, () => new Response("ok", { headers: { "cache-control": "max-age=60" } }));
    const proxy = await startProxy(shared, stub.url);
    await outcome(proxy, "/a");
    expect((await outcome(proxy, "/a"))[0]).toBe("HIT");
    for (const [args, printed] of [
      [["--clear-cache"], "cleared 1 entry"],
      [["clear"], "cleared 0 entries"],
    ] as const) {
      const command = runCommand(shared, [...args, "--port", String(proxy.port)]);
      expect(await command.exited).toBe(0);
      await command.stdout.ended;
      expect(command.stdout.all).toEqual([printed]);
    }
    expect((await outcome(proxy, "/a"))[0]).toBe("MISS");
    const stats = runCommand(shared, ["stats", "--port", String(proxy.port)]);
    expect(await stats.exited).toBe(0);
    await stats.stdout.ended;
    expect(stats.stdout.all.join("\n")).toContain("requests     3 (1 hit, 2 miss)");
  });

  test("a port that another proxy has is as busy as any", async () => {
    const stub = origin(shared, () => new Response("ok"));
    const first = await startProxy(shared, stub.url);
    const second = runCommand(shared, ["--port", String(first.port), "--origin", stub.url]);
    expect(await second.exited).toBe(1);
    await second.stderr.ended;
    expect(second.stderr.all.join("\n")).toContain(`port ${first.port} is`);
  });

  test("a busy port is one sentence that names it and a free one, and exit code 1", async () => {
    const stub = origin(shared, () => new Response("ok"));
    const command = runCommand(shared, ["--port", String(stub.port), "--origin", "http://127.0.0.1:9"]);
    expect(await command.exited).toBe(1);
    await Promise.all([command.stdout.ended, command.stderr.ended]);
    expect(command.stdout.all).toEqual([]);
    expect(command.stderr.all).toHaveLength(1);
    const [, busy, free] =
      /^error: port (\d+) is in use already; try --port (\d+)$/.exec(command.stderr.all[0] ?? "") ?? [];
    expect(Number(busy)).toBe(stub.port);
    const listener = Bun.listen({ hostname: "127.0.0.1", port: Number(free), socket: { data: () => undefined } });
    listener.stop(true);
    expect(Number(free)).not.toBe(stub.port);
  });

  test(".env of the working folder does not change our port", async () => {
    const folder = scratch(shared);
    const stub = origin(shared, () => new Response("ok"));
    const other = origin(shared, () => new Response("taken")).port;
    await Bun.write(join(folder, ".env"), `PORT=${other}\nBUN_PORT=${other}\nCACHING_PROXY_PORT=${other}\n`);
    const proxy = await startProxy(shared, stub.url, "", { cwd: folder, env: { CACHING_PROXY_TTL: "7s" } });
    expect(proxy.port).not.toBe(other);
    expect(await (await ask(proxy, "/")).text()).toBe("ok");
    await proxy.stderr.find((line) => line.includes("7s where no lifetime is stated"));
    // No --port: the default counts and not what the file says, whether 3000 is free here or not.
    const { stderr } = runCommand(shared, ["--origin", stub.url], { cwd: folder });
    expect(await stderr.find((line) => /listens on|in use/.test(line))).toMatch(/localhost:3000$|port 3000 is in use/);
  });
});

test("as many exchanges as come are open at once, started as `bun start` does", async () => {
  const MANY = 300;
  const all = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const stub = origin(shared, async () => {
    if (stub.seen.length === MANY) all.resolve();
    await release.promise;
    return new Response("at last");
  });
  const port = await startAsScript(shared, stub.url);
  const answers = Array.from({ length: MANY }, async (_, n) => {
    const client = await connect(shared, port);
    client.write(`GET /held/${n} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await client.closed;
    return contentOf(client.received);
  });
  await all.promise;
  release.resolve();
  expect(new Set(await Promise.all(answers))).toEqual(new Set(["at last"]));
}, 15_000);

/** Starts the proxy by package.json's script; gives the port. */
async function startAsScript(stack: AsyncDisposableStack, url: string): Promise<number> {
  const child = Bun.spawn([process.execPath, "run", "start", "--port", "0", "--origin", url], {
    cwd: new URL("../..", import.meta.url).pathname,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  stack.defer(async () => {
    // The script's runner passes it on; SIGKILL would leave the proxy behind.
    child.kill("SIGTERM");
    await child.exited;
  });
  const line = await new Lines(child.stderr).find((text) => text.includes("  listens on  "));
  return Number(/:(\d+)$/.exec(line)?.[1]);
}

describe("shutdown", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s drains what is in flight, takes nothing new, and exits 0",
    async (signal) => {
      const stub = heldOrigin(shared);
      const proxy = await startProxy(shared, stub.url);
      const waiting = outcome(proxy, "/held");
      await stub.asked;
      proxy.signal(signal);
      await proxy.stderr.find((line) => line.startsWith(`${signal}: finishing what is in flight`));
      await untilRefused(proxy.port);
      stub.release();
      expect(await waiting).toEqual(["MISS", "at last"]);
      expect(await proxy.exited).toBe(0);
      await Promise.all([proxy.stdout.ended, proxy.stderr.ended]);
      expect(proxy.stdout.all.filter((line) => line.includes('"/held"'))).toHaveLength(1);
      expect(proxy.stderr.all.at(-1)).toBe("stopped");
    },
  );

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("a second %s ends it at once", async (signal, code) => {
    const stub = heldOrigin(shared);
    const proxy = await startProxy(shared, stub.url);
    const client = await connect(shared, proxy.port);
    client.write("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await stub.asked;
    proxy.signal(signal);
    await proxy.stderr.find((line) => line.startsWith(`${signal}: finishing`));
    proxy.signal(signal);
    expect(await proxy.exited).toBe(code);
    await client.closed;
    expect(client.received).toBe("");
    stub.release();
  });

  test("an idle keep-alive connection does not hold it up", async () => {
    const stub = heldOrigin(shared);
    const proxy = await startProxy(shared, stub.url);
    const client = await connect(shared, proxy.port);
    client.write("GET /free HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await client.until((text) => hasHead(text) && contentOf(text) === "free");
    proxy.signal("SIGTERM");
    expect(await proxy.exited).toBe(0);
  }, 8_000);
});

/** Resolves once nobody listens any more; what it reports is written a moment before. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    try {
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
      socket.end();
    } catch {
      return;
    }
  }
}
