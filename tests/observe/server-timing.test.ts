import { expect, test } from "bun:test";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import type { Reply } from "../../src/http/exchange.ts";
import { serverTiming } from "../../src/observe/server-timing.ts";
import { HIT, incoming } from "./records.ts";

const MISS: CacheStatus = { type: "forward", fwd: "uri-miss", status: 200, stored: true };

/** What stands in Server-Timing of a reply that took so long. */
async function timingOf(reply: Reply, durationMs: number): Promise<string | null> {
  let now = 5;
  const layer = serverTiming(() => now);
  const { response } = await layer(() => {
    now += durationMs;
    return reply;
  })(incoming("/"));
  return response.headers.get("server-timing");
}

function reply(but: Partial<Reply>, fields: Readonly<Record<string, string>> = {}): Reply {
  return { response: { status: 200, headers: new Headers(fields), body: null }, ...but };
}

test.each([
  ["a hit", reply({ cacheStatus: HIT }), 0.2149, 'cache;desc="HIT";dur=0.21'],
  ["a stale one", reply({ cacheStatus: { ...HIT, ttl: -1 } }), 1, 'cache;desc="STALE";dur=1'],
  ["a miss", reply({ cacheStatus: MISS, originMs: 12.3456 }), 13, 'cache;desc="MISS";dur=0.65, origin;dur=12.35'],
  ["a clock that is coarser", reply({ cacheStatus: MISS, originMs: 3 }), 2, 'cache;desc="MISS";dur=0, origin;dur=3'],
  [
    "what the origin says itself",
    reply({ cacheStatus: MISS, originMs: 1 }, { "server-timing": "db;dur=53" }),
    2,
    'db;dur=53, cache;desc="MISS";dur=1, origin;dur=1',
  ],
  ["one that is not of the origin's", reply({}), 1, null],
])("%s", async (_, given, durationMs, field) => {
  expect(await timingOf(given, durationMs)).toBe(field);
});

test("the fields of a reply, which others may share, stay as they are", async () => {
  const shared = reply({ cacheStatus: HIT }, { "content-type": "text/plain" });
  expect(await timingOf(shared, 1)).not.toBeNull();
  expect(await timingOf(shared, 1)).toBe('cache;desc="HIT";dur=1');
  expect([...shared.response.headers]).toEqual([["content-type", "text/plain"]]);
});
