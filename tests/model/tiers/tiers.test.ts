import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { cleanup } from "../../e2e/cleanup.ts";
import { startMemcached } from "../../store/memcached-server.ts";
import { startRedis } from "../../store/redis-server.ts";
import { scratch } from "../../store/scratch.ts";
import { PATIENCE, runs } from "../runs.ts";
import { type Deed, type Ground, play } from "./play.ts";

const stack = cleanup();
const by = fc.nat(7);
const path = fc.nat(7);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ type: fc.constant("get" as const), by, path, as: fc.nat(2), how: fc.nat(7) }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant("purge" as const), by, path, as: fc.nat(4), soft: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("delete" as const), by, path }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("wait" as const), by }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("restart" as const), by }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("trouble" as const), by }) },
);

async function onDisk(): Promise<Ground> {
  const file = join(scratch(stack), "cache.db");
  return {
    ...{ store: `sqlite:${file}`, as: "workers" },
    /** Somebody else has it locked. */
    async trouble() {
      const other = new Database(file);
      other.run("PRAGMA busy_timeout = 1000");
      other.run("BEGIN IMMEDIATE");
      const ended = Bun.sleep(30).then(() => {
        other.run("ROLLBACK");
        other.close();
      });
      return () => ended;
    },
  };
}

async function inRedis(): Promise<Ground> {
  let redis = await startRedis(stack);
  return {
    ...{ store: redis.url, as: "proxies" },
    async trouble(which) {
      if (which % 2 === 0) {
        redis.pause();
        return async () => redis.resume();
      }
      await redis.kill();
      return async () => {
        redis = await startRedis(stack, { port: redis.port });
      };
    },
  };
}

async function inMemcached(): Promise<Ground> {
  let memcached = await startMemcached(stack);
  return {
    ...{ store: `memcached://127.0.0.1:${memcached.port}`, as: "workers" },
    async trouble(which) {
      if (which % 2 === 0) {
        await memcached.pause();
        return async () => memcached.resume();
      }
      await memcached.kill();
      return async () => {
        memcached = await startMemcached(stack, memcached.port);
      };
    },
  };
}

test.each<[string, () => Promise<Ground>, number]>([
  ["on disk", onDisk, 12],
  ["in Redis", inRedis, 4],
  ["in memcached", inMemcached, 12],
])(
  "RFC 9111 §4.4: %s nothing outlives what lets go of it, and nobody gets what is another's",
  async (_, open, usual) => {
    const ground = await open();
    let all = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 10, maxLength: 40, size: "max" }), async (deeds) => {
        const { faults, hits } = await play(deeds, ground);
        all += hits;
        expect(faults).toEqual([]);
      }),
      runs(usual),
    );
    expect(all).toBeGreaterThan(0);
  },
  PATIENCE,
);
