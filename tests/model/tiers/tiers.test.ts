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
import { PATHS } from "./site.ts";

const stack = cleanup();
const by = fc.nat(7);

/** What happens to these paths. */
function deedOn(paths: readonly number[]): fc.Arbitrary<Deed> {
  const path = fc.constantFrom(...paths);
  const type = <Type extends string>(name: Type) => fc.constant(name);
  return fc.oneof(
    { weight: 20, arbitrary: fc.record({ type: type("get"), by, path, as: fc.nat(2), how: fc.nat(7) }) },
    { weight: 5, arbitrary: fc.record({ type: type("purge"), by, path, as: fc.nat(4), soft: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ type: type("delete"), by, path }) },
    { weight: 5, arbitrary: fc.record({ type: type("wait"), by }) },
    { weight: 1, arbitrary: fc.record({ type: type("restart"), by }) },
    { weight: 1, arbitrary: fc.record({ type: type("trouble"), by }) },
  );
}

/** Of few paths, so that what happens to one is much. */
const deeds = fc
  .uniqueArray(fc.nat(PATHS.length - 1), { minLength: 1, maxLength: 3 })
  .chain((paths) => fc.array(deedOn(paths), { minLength: 10, maxLength: 40, size: "max" }));

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
  ["in Redis", inRedis, 2],
  ["in memcached", inMemcached, 6],
])(
  "RFC 9111 §4.4: %s nothing outlives what lets go of it, and nobody gets what is another's",
  async (_, open, usual) => {
    const ground = await open();
    let all = 0;
    await fc.assert(
      fc.asyncProperty(deeds, async (some) => {
        const { faults, hits } = await play(some, ground);
        all += hits;
        expect(faults).toEqual([]);
      }),
      runs(usual),
    );
    expect(all).toBeGreaterThan(0);
  },
  PATIENCE,
);
