import { expect, test } from "bun:test";
import type { Extent } from "../../../src/caching/purge.ts";
import { cleanup } from "../../e2e/cleanup.ts";
import { type RedisServer, startRedis } from "../redis-server.ts";
import { groupOf, keyOf, stored } from "../stored.ts";
import { LONG, type Opened, openStore } from "./opened.ts";

const stack = cleanup();
const ROUNDS = 3;
const PATHS = ["/0", "/1", "/2", "/3"];

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}

/** What the origin has under a path: which version, in every byte. */
function bodyOf(path: string, version: number): string {
  return `${path} ${version}\n`.repeat(path === "/0" ? 100_000 : 20);
}

/** Two proxies that read, write and purge while Redis hangs, dies and loses keys. */
test("whatever becomes of Redis, nothing torn is served, and nothing that the proxy itself has purged", async () => {
  const steady = (): number => performance.now();
  // Each process has a clock of its own.
  const clocks = [0, 5000].map((ahead) => () => ({ wall: Date.now(), steady: steady() + ahead }));
  let redis = await startRedis(stack);
  const namespace = crypto.randomUUID();
  const patience = { ...LONG, read: 40, write: 100, purge: 100 };
  const opened = await Promise.all(
    clocks.map(async (clock) => ({ ...(await openStore(stack, redis.url, namespace, patience, clock)), clock })),
  );
  const [a, b] = opened;
  if (a === undefined || b === undefined) throw new Error("Two were opened.");

  let over = false;
  const versions = new Map(PATHS.map((path) => [path, 1]));
  const purged = new Map<string, number>();
  const stale: string[] = [];
  let hits = 0;

  async function write({ store, clock }: Pick<Opened, "store"> & { clock: () => { steady: number } }): Promise<void> {
    while (!over) {
      const path = `/${below(PATHS.length)}`;
      const [sentAt, version] = [clock().steady, versions.get(path) ?? 0];
      await Bun.sleep(below(20));
      const headers = [["cache-groups", `"${path}"`]] as const;
      const put = stored({ path, body: bodyOf(path, version), at: Date.now(), maxAge: 600, headers });
      await store.putAll([{ ...put, sentAt }]);
    }
  }

  async function read({ store }: Opened, purger: boolean): Promise<void> {
    while (!over) {
      const path = `/${below(PATHS.length)}`;
      const least = purged.get(path) ?? 0;
      for (const { body } of await store.get(keyOf(path))) {
        const text = await body.text();
        const version = Number(/ (\d+)/.exec(text)?.[1]);
        hits++;
        if (text !== bodyOf(path, version)) stale.push(`${path}: torn`);
        if (purger && version < least) stale.push(`${path}: ${version} where ${least} was the first after a purge`);
      }
      await Bun.sleep(below(3));
    }
  }

  async function purge({ store }: Opened): Promise<void> {
    while (!over) {
      const path = `/${below(PATHS.length)}`;
      const version = (versions.get(path) ?? 0) + 1;
      versions.set(path, version);
      const extents: readonly Extent[] = [
        { type: "key", key: keyOf(path) },
        { type: "group", group: groupOf(path) },
        { type: "prefix", prefix: keyOf(path) },
      ];
      for (const what of extents.slice(below(3)).slice(0, 1)) await store.purge({ what, how: "hard" });
      purged.set(path, version);
      await Bun.sleep(below(40));
    }
  }

  async function trouble(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      await Bun.sleep(100 + below(100));
      redis.pause();
      await Bun.sleep(150);
      redis.resume();
      await Bun.sleep(100 + below(100));
      await lose(redis);
      await Bun.sleep(below(100));
      await redis.kill();
      redis = await startRedis(stack, { port: redis.port });
    }
    over = true;
  }

  await Promise.all([write(a), write(b), write(b), read(a, true), read(a, true), read(b, false), purge(a), trouble()]);
  expect(stale).toEqual([]);
  expect(hits).toBeGreaterThan(0);
}, 30_000);

/** Evicts some keys. */
async function lose(redis: RedisServer): Promise<void> {
  const raw = new Bun.RedisClient(redis.url);
  const names: string[] = await raw.keys("*");
  for (const name of names.filter(() => below(4) === 0)) await raw.del(name);
  raw.close();
}
