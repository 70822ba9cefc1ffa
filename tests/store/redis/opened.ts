import type { Clock, Moment } from "../../../src/caching/moment.ts";
import { purgeFrom } from "../../../src/store/redis/purges.ts";
import { RedisStore } from "../../../src/store/redis/redis-store.ts";
import { type Patience, RedisSession } from "../../../src/store/redis/session.ts";

/** A store in Redis as the proxy opens it, with the time and what it reports in the hands of a test. */
export type Opened = {
  readonly store: RedisStore;
  /** What a person was told, a line each. */
  readonly told: string[];
  /** Sets the time of this process. */
  readonly set: (moment: Moment) => void;
};

/** So long that a machine that is busy makes no misses. */
export const LONG: Patience = { read: 5000, written: 5000, write: 5000, purge: 5000 };

/**
 * @param namespace one of its own unless it is given
 * @param clock of this process, unless the test sets the time
 */
export async function openStore(
  stack: AsyncDisposableStack,
  url: string,
  namespace: string = crypto.randomUUID(),
  patience: Patience = LONG,
  clock?: Clock,
): Promise<Opened> {
  let now: Moment = { wall: 0, steady: 0 };
  const told: string[] = [];
  const reader = { clock: clock ?? (() => now), policy: { defaultTtl: 0, maxEntrySize: Number.POSITIVE_INFINITY } };
  const session = new RedisSession({
    end: { url, namespace },
    shown: "redis://there",
    report: (error) => told.push(error instanceof Error ? error.message : String(error)),
    steady: () => performance.now(),
    sleep: () => Bun.sleep(5),
    patience,
    purge: (run, purge) => purgeFrom(run, purge, reader),
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
