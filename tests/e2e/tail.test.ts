import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin } from "./origin.ts";
import { outcome, runCommand, startProxy } from "./proxy.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();
const stub = origin(shared, (request) => {
  const status = new URL(request.url).pathname.startsWith("/broken") ? 500 : 200;
  return new Response("body", { status, headers: { "cache-control": "max-age=600" } });
});

/** The command beside a running proxy; resolves once it watches, which what was there before tells. */
async function tailOf(port: number, ...flags: readonly string[]) {
  const command = runCommand(shared, ["tail", "--port", String(port), ...flags]);
  await command.stdout.find((line) => line.includes("/first"));
  return command;
}

/** Something that says these events to whoever asks. */
function speaking(events: string): number {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response(events, { headers: { "content-type": "text/event-stream" } }),
  });
  shared.defer(() => server.stop(true));
  return server.port ?? 0;
}

describe("tail", () => {
  test("prints what passes as the log does, and Ctrl-C ends it well", async () => {
    const proxy = await startProxy(shared, stub.url, "--log pretty");
    await outcome(proxy, "/first");
    const tail = await tailOf(proxy.port);
    await outcome(proxy, "/seen?x=1");
    await outcome(proxy, "/seen?x=1");
    await tail.stdout.find((line) => line.includes(" HIT "));
    tail.signal("SIGINT");
    expect(await tail.exited).toBe(0);
    proxy.signal("SIGTERM");
    await proxy.stdout.ended;
    // The log has the lines of the start besides.
    expect(proxy.stdout.all.slice(-tail.stdout.all.length)).toEqual(tail.stdout.all);
    expect(tail.stdout.all).toHaveLength(5);
  });

  test("as JSON, with a filter, from all workers", async () => {
    const proxy = await startProxy(shared, stub.url, "--log off --workers 2");
    const lines = await lineToEach(shared, proxy, 2);
    for (const { get } of lines) await get("/first");
    const tail = await tailOf(proxy.port, "--json", "--filter", "path~/first or 5xx", "-n", "1");
    for (const { get } of lines) await get("/other");
    for (const { get, worker } of lines) await get(`/broken/${worker}`);
    const broken = (path: string) => tail.stdout.find((line) => line.includes(path));
    const read = (await Promise.all([broken("/broken/1"), broken("/broken/2")])).map((line) => JSON.parse(line));
    expect(read.map(({ worker, status, outcome }) => [worker, status, outcome])).toEqual([
      [1, 500, "miss"],
      [2, 500, "miss"],
    ]);
    expect(tail.stdout.all).toHaveLength(3);
  });

  test("goes on when the proxy was started anew, and shows what it missed", async () => {
    const first = await startProxy(shared, stub.url, "--log off");
    await outcome(first, "/first");
    const tail = await tailOf(first.port);
    first.signal("SIGTERM");
    await first.exited;
    await tail.stderr.find((line) => line.includes("is gone; waiting"));
    const command = runCommand(shared, ["--origin", stub.url, "--port", String(first.port), "--log", "off"]);
    await command.stderr.find((line) => line.includes("  listens on  "));
    await outcome({ ...first, ...command }, "/again");
    await tail.stdout.find((line) => line.includes("/again"));
    tail.signal("SIGINT");
    expect(await tail.exited).toBe(0);
    expect(tail.stderr.all).toEqual([
      `warning: the proxy on port ${first.port} is gone; waiting for it to come back`,
      `the proxy on port ${first.port} is back`,
    ]);
    expect(tail.stdout.all.filter((line) => / \/(first|again) /.test(line))).toHaveLength(2);
  });

  test("says how much passed too fast to be shown, once a second", async () => {
    const exchange = { at: 1, method: "GET", path: "/first", status: 200, outcome: "hit", durationMs: 1 };
    const told = [
      'event: hello\ndata: {"name":"caching-proxy","now":1}',
      `event: exchanges\ndata: ${JSON.stringify({ exchanges: [exchange], dropped: 1000 })}`,
      'event: exchanges\ndata: {"exchanges":[],"dropped":204}',
      "event: stats\ndata: {}",
      "event: stats\ndata: {}",
      'event: exchanges\ndata: {"exchanges":[{"outcome":"won"}],"dropped":0}',
    ];
    const port = speaking(`${told.join("\n\n")}\n\n`);
    const tail = await tailOf(port);
    // What it does not understand comes from no proxy of ours.
    expect(await tail.exited).toBe(1);
    await tail.stderr.ended;
    expect(tail.stderr.all).toEqual([
      "warning: 1,204 exchanges passed too fast to be shown",
      expect.stringContaining(`something other than caching-proxy answers on port ${port}`),
    ]);
  });

  test("ends where nobody reads it any more", async () => {
    const proxy = await startProxy(shared, stub.url, "--log off");
    await outcome(proxy, "/first");
    const script = `"$0" --no-env-file src/cli.ts tail --port ${proxy.port} | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const shell = Bun.spawn(["bash", "-c", script, process.execPath], { stdout: "pipe", stderr: "pipe" });
    let isOver = false;
    void shell.exited.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await outcome(proxy, "/more");
      await Bun.sleep(20);
    }
    expect(await shell.stdout.text()).toMatch(/ MISS \/first .*\n0\n$/);
    expect(await shell.stderr.text()).toBe("");
  });

  test.each([
    [["--filter", "status>=500 or mis"], 2, /cannot be read: "mis" is no word.*\n {2}status>=500 or mis\n {17}\^$/],
    [["--lines", "many"], 2, /--lines "many" is no number of exchanges/],
    [["--port", "1"], 1, /no caching-proxy runs on port 1/],
  ])("%j is refused", async (flags, code, message) => {
    const tail = runCommand(shared, ["tail", ...flags]);
    expect(await tail.exited).toBe(code);
    await tail.stderr.ended;
    expect(tail.stderr.all.join("\n")).toMatch(message);
  });
});
