import { expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";
import { ask, outcome, type RunningProxy, runCommand, startProxy } from "../e2e/proxy.ts";
import { flaps, tcpRelay } from "../sharing/tcp-relay.ts";
import { until } from "../sharing/until.ts";
import { startRedis } from "../store/redis-server.ts";

const shared = cleanup();
const NAMED = { headers: { host: "api.test" } };
const pages = origin(shared, (request) => {
  const { pathname } = new URL(request.url);
  return new Response(`of ${pathname}`, { headers: { "cache-control": "max-age=3600" } });
});

/** Asks once for each of so many and has the right answer of each. */
async function asked(proxy: RunningProxy, folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect((await outcome(proxy, `${folder}/${i}`, NAMED))[1]).toBe(`of ${folder}/${i}`);
}

/** Whether a proxy that has nothing in memory is given it. */
async function isShared(proxy: RunningProxy, path: string): Promise<boolean> {
  const headers = { ...NAMED.headers, "cache-control": "only-if-cached" };
  const response = await ask(proxy, path, { headers });
  await response.text();
  return response.status === 200;
}

test("a Redis that comes and goes ten times a second costs no answer, and is used once it stays", async () => {
  const redis = await startRedis(shared);
  const relay = tcpRelay(shared, redis.port);
  const store = `--store redis://127.0.0.1:${relay.port} --collapse shared --timeout 10s`;
  const [one, two] = await Promise.all([startProxy(shared, pages.url, store), startProxy(shared, pages.url, store)]);
  let isOver = false;
  const flapping = flaps(relay).then(() => {
    isOver = true;
  });
  for (let n = 0; !isOver; n++) await Promise.all([asked(one, `/flap/${n}`, 5), asked(two, `/flap/${n}`, 5)]);
  await flapping;
  await until("what one stores the other finds", async () => {
    const path = `/after/${crypto.randomUUID()}`;
    await outcome(one, path, NAMED);
    await Bun.sleep(20);
    return await isShared(two, path);
  });
  for (const { stderr } of [one, two]) expect(stderr.all.filter((line) => /reject|uncaught/i.test(line))).toEqual([]);
});

test("a Redis that loses all it had costs a request to the origin, and no more", async () => {
  const redis = await startRedis(shared);
  const store = `--store redis://127.0.0.1:${redis.port}`;
  const [one, two] = await Promise.all([startProxy(shared, pages.url, store), startProxy(shared, pages.url, store)]);
  await asked(one, "/lost", 3);
  await until("it lies there", () => isShared(two, "/lost/2"));
  const client = new Bun.RedisClient(redis.url);
  shared.defer(() => client.close());
  await client.send("FLUSHALL", []);
  await asked(one, "/lost", 3);
  await asked(two, "/lost", 3);
  const path = "/lost/again";
  await outcome(one, path, NAMED);
  await until("it is used", () => isShared(two, path));
});

const GARBAGE: readonly [string, string][] = [
  ["answers bytes at random", String.fromCharCode(...Array.from({ length: 200 }, (_, i) => (i * 89 + 7) % 128))],
  ["announces bytes without end", "$99999999999\r\nx"],
];

function listenWith(answer: string, port: number): { readonly port: number; readonly stop: () => void } {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port,
    socket: { data: (socket) => void socket.write(answer) },
  });
  shared.defer(() => server.stop(true));
  return { port: server.port, stop: () => server.stop(true) };
}

test.concurrent.each(GARBAGE)(
  "in whose place there is one that %s costs no answer, and is used again once it is back",
  async (name, answer) => {
    const redis = await startRedis(shared);
    const proxy = await startProxy(shared, pages.url, `--store redis://127.0.0.1:${redis.port} --timeout 10s`);
    const folder = `/${name.replaceAll(" ", "-")}`;
    await asked(proxy, `${folder}/before`, 3);
    await redis.kill();
    const garbage = listenWith(answer, redis.port);
    await asked(proxy, `${folder}/meanwhile`, 5);
    await asked(proxy, `${folder}/meanwhile`, 5);
    garbage.stop();
    await startRedis(shared, { port: redis.port });
    const other = await startProxy(shared, pages.url, `--store redis://127.0.0.1:${redis.port}`);
    await until("it is used again", async () => {
      const path = `${folder}/after/${crypto.randomUUID()}`;
      await outcome(proxy, path, NAMED);
      await Bun.sleep(20);
      return await isShared(other, path);
    });
  },
);

test.concurrent.each(GARBAGE.slice(0, 1))(
  "one that %s from the start on is no start, and says so",
  async (_, answer) => {
    const { port } = listenWith(answer, 0);
    const words = ["--port", "0", "--origin", pages.url, "--store", `redis://127.0.0.1:${port}`];
    const command = runCommand(shared, words);
    expect(await command.exited).toBe(1);
    await command.stderr.ended;
    expect(command.stderr.all.join("\n")).toContain(`Redis at redis://127.0.0.1:${port} cannot be used`);
  },
);
