import { expect, test } from "bun:test";
import { introduction, isMemcached } from "../../../src/store/memcached/introduction.ts";
import { openMemcached } from "../../../src/store/memcached/open.ts";
import { TierUnusable } from "../../../src/store/tier.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { startMemcached } from "../memcached-server.ts";
import { freePort, startRedis } from "../redis-server.ts";
import { keyOf, stored } from "../stored.ts";

const stack = cleanup();

function surroundings(told: unknown[]) {
  return {
    clock: () => ({ wall: 0, steady: 0 }),
    policy: { defaultTtl: 0, maxEntrySize: 1 },
    namespace: "n",
    report: (error: unknown) => told.push(error),
  };
}

function at(port: number): { host: string; port: number } {
  return { host: "127.0.0.1", port };
}

/** The port of what says this to whoever connects or asks. */
function says(answer: string): number {
  const socket = { data: (client: { write: (text: string) => number }) => void client.write(answer) };
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
  stack.defer(() => server.stop(true));
  return server.port;
}

test("a memcached is used", async () => {
  const server = await startMemcached(stack);
  const said = await introduction(server.address, 5000);
  expect(said === undefined ? "nothing" : isMemcached(said)).toBe(true);
  const told: unknown[] = [];
  const { name, store, report } = await openMemcached([server.address], surroundings(told));
  await store.putAll([stored()]);
  expect(await store.get(keyOf("/"))).toHaveLength(1);
  expect([name, await report()]).toEqual(["memcached", { state: "working", damaged: 0, failures: 0, unwritten: 0 }]);
  await store[Symbol.asyncDispose]();
  expect(told).toEqual([]);
});

test("one that is not there is waited for", async () => {
  const told: unknown[] = [];
  const { store, report } = await openMemcached([at(freePort())], surroundings(told));
  expect(await store.get(keyOf("/"))).toEqual([]);
  expect((await report()).state).toBe("failing");
  expect(told).toHaveLength(1);
  await store[Symbol.asyncDispose]();
});

test.each([
  ["an HTTP server", async () => says("HTTP/1.1 400 Bad Request\r\n\r\n"), "HTTP/1.1 400 Bad Request"],
  [
    "one that asks for a password",
    async () => says("CLIENT_ERROR unauthenticated\r\n"),
    "CLIENT_ERROR unauthenticated",
  ],
  ["Redis", async () => (await startRedis(stack)).port, "-ERR unknown command"],
])("%s is refused with what it says", async (_, start, said) => {
  const opening = openMemcached([at(await start())], surroundings([]));
  await expect(opening).rejects.toThrow(TierUnusable);
  await expect(opening).rejects.toThrow(said);
});

test.each(["says nothing", "closes"])("what %s is as good as not there", async (what) => {
  const server = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: {
      data: (client) => {
        if (what === "closes") client.end();
      },
    },
  });
  stack.defer(() => server.stop(true));
  expect(await introduction(at(server.port), 50)).toBeUndefined();
});
