import type { Milliseconds } from "../../http/date.ts";

/**
 * A client that has yet to connect, and does so once: what was asked on a connection that broke is never asked on the next one behind
 * our back, nor its answer read there.
 * @param url as Bun's client takes it, credentials included
 * @param patience how long connecting may take
 */
export function redisClient(url: string, patience: Milliseconds): Bun.RedisClient {
  return new Bun.RedisClient(url, { connectionTimeout: patience, autoReconnect: false, enableOfflineQueue: false });
}

/** Which process of Redis says this of itself (INFO server), 40 hex digits; another one may have lost what that one knew. */
export function runIn(info: string): string | undefined {
  return /^run_id:([0-9a-f]+)/m.exec(info)?.[1];
}
