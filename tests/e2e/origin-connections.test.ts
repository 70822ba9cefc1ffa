import { expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin } from "./origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy } from "./proxy.ts";
import { contentOf, rawOrigin } from "./raw.ts";
import { lineToEach } from "./workers.ts";

const shared = cleanup();

/** An origin that lets go of its answers only once so many are wanted at once, and knows the most that ever were. */
function counting(atOnce: number) {
  let [now, most] = [0, 0];
  let waiting: (() => void)[] = [];
  const stub = origin(shared, async (request) => {
    now++;
    most = Math.max(most, now);
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    if (waiting.length === atOnce) {
      for (const go of waiting) go();
      waiting = [];
    }
    await promise;
    now--;
    const body = new URL(request.url).pathname;
    // Streams, and bodies of a known length.
    const streamed = new Response(body).body;
    return new Response(body.endsWith("0") ? streamed : body);
  });
  return { ...stub, most: () => most };
}

/** What the proxy tells of its requests to the origin. */
async function load(proxy: RunningProxy): Promise<unknown> {
  const stats: { originLoad: unknown } = JSON.parse(await (await ask(proxy, "/__admin/stats")).text());
  return stats.originLoad;
}

test("under a burst of hundreds the origin never sees more than it may, and all are answered", async () => {
  const stub = counting(4);
  const proxy = await startProxy(shared, stub.url, "--max-origin-connections 4 --log off");
  const paths = Array.from({ length: 400 }, (_, n) => `/${n}`);
  const bodies = await Promise.all(paths.map(async (path) => (await outcome(proxy, path))[1]));
  expect([bodies, stub.most()]).toEqual([paths, 4]);
  expect(await load(proxy)).toMatchObject({ most: 4, underWay: 0, waiting: 0, shed: 0 });
  const stats = runCommand(shared, ["stats", "--port", String(proxy.port)]);
  expect(await stats.stdout.find((line) => line.includes("origin load"))).toMatch(/0 of 4 under way, \d+ delayed$/);
});

test("of several workers each has a share, and together they keep to the number", async () => {
  const gate = Promise.withResolvers<void>();
  let [now, most] = [0, 0];
  const stub = origin(shared, async () => {
    now++;
    most = Math.max(most, now);
    await gate.promise;
    now--;
    return new Response("ok");
  });
  const proxy = await startProxy(shared, stub.url, "--workers 2 --max-origin-connections 3 --log off");
  const lines = (await Promise.all(Array.from({ length: 3 }, () => lineToEach(shared, proxy, 2)))).flat();
  const asked = lines.map(({ get }, n) => get(`/${n}`));
  // Three with each of the two: one has two places, the other one.
  while (!Bun.deepEquals(await load(proxy), { most: 3, underWay: 3, waiting: 3, delayed: 3, shed: 0 })) {
    await Bun.sleep(1);
  }
  gate.resolve();
  expect((await Promise.all(asked)).map(contentOf)).toEqual(lines.map(() => "ok"));
  expect(most).toBe(3);
  expect(await load(proxy)).toMatchObject({ underWay: 0, waiting: 0 });
});

test("an origin that hangs, or breaks off, gives its places back", async () => {
  const stub = await rawOrigin(shared, (connection, head) => {
    if (head.startsWith("GET /hang")) return;
    if (head.startsWith("GET /cut")) connection.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    else connection.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nwhole");
  });
  const proxy = await startProxy(shared, stub.url, "--max-origin-connections 2 --timeout 300ms --log off");
  const hanging = await Promise.all(["/hang/1", "/hang/2"].map((path) => ask(proxy, path)));
  expect(hanging.map(({ status }) => status)).toEqual([504, 504]);
  const cut = await Promise.all(["/cut/1", "/cut/2"].map((path) => ask(proxy, path)));
  expect(cut.map(({ status }) => status)).toEqual([502, 502]);
  const whole = await Promise.all(["/1", "/2", "/3"].map((path) => outcome(proxy, path)));
  expect(whole.map(([, body]) => body)).toEqual(["whole", "whole", "whole"]);
  expect(await load(proxy)).toMatchObject({ underWay: 0 });
});

test("a client that leaves frees the place of a body that never ends", async () => {
  const stub = origin(shared, (request) =>
    new URL(request.url).pathname === "/endless"
      ? new Response(
          new ReadableStream({
            async pull(controller) {
              controller.enqueue("x".repeat(1000));
              await new Promise<void>((resolve) => setImmediate(resolve));
            },
          }),
        )
      : new Response("ok"),
  );
  const proxy = await startProxy(shared, stub.url, "--max-origin-connections 1 --log off");
  const client = new AbortController();
  const endless = await ask(proxy, "/endless", { signal: client.signal });
  await endless.body?.getReader().read();
  const next = outcome(proxy, "/next");
  while (!JSON.stringify(await load(proxy)).includes('"waiting":1')) await Bun.sleep(1);
  client.abort();
  expect((await next)[1]).toBe("ok");
});

test("where the system gives no further socket who comes is told to come again, and all is well afterwards", async () => {
  const gate = Promise.withResolvers<void>();
  const stub = origin(shared, async () => {
    await gate.promise;
    return new Response("ok");
  });
  const proxy = await startProxy(shared, stub.url, "--log off", { descriptors: 128 });
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const response = await ask(proxy, `/${n}`, { headers: { connection: "close" } });
      // Those who wait to be let in are, once those who were are answered.
      if (response.status === 503) gate.resolve();
      return [response.status, response.headers.get("retry-after"), await response.text()].join(" ");
    }),
  );
  const shed = answers.filter((answer) => answer !== "200  ok");
  expect(shed.length).toBeGreaterThan(0);
  for (const answer of shed) expect(answer).toMatch(/^503 1 .*The origin .* was not asked: .*ulimit -n/);
  expect((await outcome(proxy, "/after"))[1]).toBe("ok");
});

test.each([
  ["0", 'error: --max-origin-connections "0" is no number of requests'],
  ["1 --workers 2", 'error: --max-origin-connections "1" is not one for each of 2 workers'],
])("--max-origin-connections %s is refused", async (flags, message) => {
  const words = `--port 0 --origin http://127.0.0.1:9 --max-origin-connections ${flags}`.split(" ");
  const command = runCommand(shared, words);
  expect(await command.exited).toBe(2);
  await command.stderr.ended;
  expect(command.stderr.all.join("\n")).toStartWith(message);
});
