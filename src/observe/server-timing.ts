import { after } from "../http/at-once.ts";
import { xCache } from "../http/cache-status.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Layer, Reply } from "../http/exchange.ts";

/**
 * Says on each reply by Server-Timing how long it took, behind what the origin says there: `cache` without the wait for the origin, and
 * `origin` where that was asked. It stands outside the cache, so that it is stored with nothing.
 * @param now on a clock that never steps
 */
export function serverTiming(now: () => Milliseconds): Layer {
  return (next) => (incoming) => {
    const start = now();
    return after(next(incoming), (reply) => timed(reply, now() - start));
  };
}

function timed(reply: Reply, durationMs: Milliseconds): Reply {
  const { cacheStatus, originMs, response } = reply;
  if (cacheStatus === undefined) return reply;
  const own = Math.max(0, durationMs - (originMs ?? 0));
  const origin = originMs === undefined ? "" : `, origin;dur=${rounded(originMs)}`;
  // They may be shared with other replies.
  const headers = new Headers(response.headers);
  headers.append("server-timing", `cache;desc="${xCache(cacheStatus)}";dur=${rounded(own)}${origin}`);
  return { ...reply, response: { status: response.status, headers, body: response.body } };
}

function rounded(ms: Milliseconds): number {
  return Math.round(ms * 100) / 100;
}
