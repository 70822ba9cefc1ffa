import type { CacheStatus } from "../../src/http/cache-status.ts";
import type { Incoming } from "../../src/http/exchange.ts";
import type { ExchangeRecord } from "../../src/observe/record.ts";

/** A record of a hit, but for what a test says. */
export function record(but: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    method: "GET",
    url: new URL("http://localhost:3000/users?page=2"),
    headers: new Headers(),
    client: () => "127.0.0.1",
    status: 200,
    outcome: "hit",
    cacheStatus: HIT,
    durationMs: 1.23456,
    originMs: undefined,
    bytes: 4096,
    ...but,
  };
}

export const HIT = { type: "hit", ttl: 30, key: "/users?page=2" } as const satisfies CacheStatus;

/** A request as the layers see it. */
export function incoming(path: string, init: RequestInit = {}): Incoming {
  const url = new URL(path, "http://localhost:3000");
  const request = new Request(url.href, init);
  return { request, url, headers: request.headers, client: () => "127.0.0.1" };
}
