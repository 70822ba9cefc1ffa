import { pause } from "../remote/pause.ts";
import type { OpenTier, TierSurroundings } from "../tier.ts";
import { purgeFrom } from "./purges.ts";
import { RedisStore } from "./redis-store.ts";
import { PATIENCE, RedisSession } from "./session.ts";

/**
 * Opens the store in Redis. One that is not there is waited for while the proxy serves.
 * @param url with credentials, which nobody is shown
 * @throws TierUnusable where Redis does not let us in, or something else answers
 */
export async function openRedis(url: string, surroundings: TierSurroundings): Promise<OpenTier> {
  const { clock, policy, namespace, report } = surroundings;
  const reader = { clock, policy };
  const session = new RedisSession({
    end: { url, namespace },
    shown: shownRedis(url),
    report,
    steady: () => clock().steady,
    sleep: pause,
    patience: PATIENCE,
    purge: (run, purge) => purgeFrom(run, purge, reader),
  });
  await session.start();
  const store = new RedisStore(session, reader);
  return {
    name: "redis",
    store,
    report: () => store.report(),
    isAway: () => session.isAway,
    gather: 5,
    patience: PATIENCE.written,
    batch: { responses: 64, bytes: 4 * 1024 * 1024 },
  };
}

/** The URL of a Redis without user and password. */
export function shownRedis(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
