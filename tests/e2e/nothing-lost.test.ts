import { expect, test } from "bun:test";
import { generate, type Outcome } from "../../bench/load/generator.ts";
import { cleanup } from "./cleanup.ts";
import { startRuled } from "./folder.ts";
import { origin } from "./origin.ts";
import { ask, startProxy } from "./proxy.ts";
import { lineToEach, statistics } from "./workers.ts";

const shared = cleanup();
const FRESH = { "cache-control": "max-age=600" };

/** An origin that is asked for more and more, and says when it was asked for so much. */
function site() {
  const marks = new Map<number, () => void>();
  let asked = 0;
  const stub = origin(shared, () => {
    marks.get(++asked)?.();
    return new Response("ok", { headers: FRESH });
  });
  const reached = (count: number): Promise<void> =>
    new Promise((resolve) => (asked >= count ? resolve() : marks.set(count, resolve)));
  return { ...stub, reached };
}

/** Hits and misses over connections that are kept open, at a steady pace. */
function stream(url: string, seconds: number): Promise<Outcome> {
  return generate({ url, paths: ["/hit", "/{n}"], rate: 400, seconds, connections: 20 });
}

test.each(["", " --workers 2"])("SIGTERM: whatever was sent is answered%s", async (flags) => {
  const { url, reached } = site();
  const proxy = await startProxy(shared, url, `--log off${flags}`);
  const streamed = stream(proxy.url, 3);
  await reached(100);
  proxy.signal("SIGTERM");
  const { sent, answers, lost, unheard, unanswered, unsent } = await streamed;
  expect(await proxy.exited).toBe(0);
  // Who comes anew in the very moment in which the port is closed is refused, if by a reset.
  expect({ answers, lost, unanswered }).toEqual({ answers: { 200: sent - unheard }, lost: unheard, unanswered: 0 });
  // It ended in the middle of the stream.
  expect(sent).toBeGreaterThan(100);
  expect(unsent).toBeGreaterThan(0);
});

test("a worker that is ended and started anew takes no request along", async () => {
  const { url, reached } = site();
  const proxy = await startProxy(shared, url, "--workers 2 --log off");
  const { workers } = await statistics(proxy);
  const streamed = stream(proxy.url, 1.5);
  await reached(60);
  process.kill(workers[0]?.pid ?? Number.NaN, "SIGTERM");
  await proxy.stderr.find((line) => line.includes("ended with exit code 0; another one starts"));
  const outcome = await streamed;
  expect(outcome).toMatchObject({ sent: 600, answers: { 200: 600 }, lost: 0, unanswered: 0, unsent: 0, refused: 0 });
  await lineToEach(shared, proxy, 2);
});

test("a change of the config file loses no request", async () => {
  const { url, reached } = site();
  const rules = (n: number): string =>
    JSON.stringify({ rules: [{ match: "/hit", response: { headers: { n: String(n) } } }] });
  const proxy = await startRuled(shared, url, []);
  const streamed = stream(proxy.url, 1);
  for (const n of [1, 2, 3]) {
    await reached(n * 40);
    await proxy.rewrite(rules(n));
    while ((await ask(proxy, "/hit")).headers.get("n") !== String(n)) await Bun.sleep(1);
  }
  const outcome = await streamed;
  expect(outcome).toMatchObject({ sent: 400, answers: { 200: 400 }, lost: 0, unanswered: 0, unsent: 0, refused: 0 });
});

test("what is answered while the proxy stops is told to be the last on its connection", async () => {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const stub = origin(shared, async () => {
    asked.resolve();
    await gate.promise;
    return new Response("at last");
  });
  const proxy = await startProxy(shared, stub.url);
  const answer = ask(proxy, "/a");
  await asked.promise;
  proxy.signal("SIGTERM");
  await proxy.stderr.find((line) => line.startsWith("SIGTERM: finishing"));
  gate.resolve();
  const response = await answer;
  expect([response.headers.get("connection"), await response.text()]).toEqual(["close", "at last"]);
  expect(await proxy.exited).toBe(0);
});
