import type { Moment } from "../../../src/caching/moment.ts";
import { purgeFrom } from "../../../src/store/redis/purges.ts";
import { RedisStore } from "../../../src/store/redis/redis-store.ts";
import { PATIENCE, RedisSession } from "../../../src/store/redis/session.ts";
import { within } from "../../../src/store/redis/within.ts";

/** A store in Redis as the proxy opens it, with the time and what it reports in the hands of a test. */
export type Opened = {
  readonly store: RedisStore;
  /** What a person was told, a line each. */
  readonly told: string[];
  /** Sets the time of this process. */
  readonly set: (moment: Moment) => void;
};

/**
 * @param namespace one of its own unless it is given
 * @param wait before a probe
 */
export async function openStore(
  stack: AsyncDisposableStack,
  url: string,
  namespace: string = crypto.randomUUID(),
): Promise<Opened> {
  let now: Moment = { wall: 0, steady: 0 };
  const told: string[] = [];
  const reader = { clock: () => now, policy: { defaultTtl: 0, maxEntrySize: Number.POSITIVE_INFINITY } };
  const session = new RedisSession({
    end: { url, namespace },
    shown: "redis://there",
    report: (error) => told.push(error instanceof Error ? error.message : String(error)),
    steady: () => performance.now(),
    sleep: () => Bun.sleep(5),
    purge: (link, purge) =>
      purgeFrom((script, ...args) => within(PATIENCE.purge, link.run(script, ...args)), purge, reader),
  });
  await session.start();
  const store = new RedisStore(session, reader);
  stack.defer(() => store[Symbol.asyncDispose]());
  return {
    store,
    told,
    set: (moment) => {
      now = moment;
    },
  };
}
