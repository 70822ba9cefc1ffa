import { expect, test } from "bun:test";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import { Considered } from "../../src/observe/considered.ts";
import type { Filterable } from "../../src/observe/filter-fields.ts";
import type { ExchangeRecord } from "../../src/observe/record.ts";
import { shown } from "../../src/observe/shown-exchange.ts";
import { HIT, record } from "./records.ts";

const FORWARD = { type: "forward", fwd: "uri-miss", status: 200, stored: true, key: "/x", ttl: 60 } as const;
const decisions: readonly (CacheStatus | undefined)[] = [
  undefined,
  HIT,
  { ...HIT, tier: "redis", detail: "heuristic" },
  FORWARD,
  { ...FORWARD, stored: false, detail: "no-store", collapsed: true },
  { type: "collapsed", fwd: "stale", ttl: 3, key: "/x" },
  { type: "stale-on-error", fwd: "stale", ttl: -3, key: "/x", detail: "stale-if-error", collapsed: true },
  { type: "none", detail: "only-if-cached" },
];
const others: readonly Partial<ExchangeRecord>[] = [
  {},
  { lane: "test1" },
  { method: "POST", outcome: "error", status: 502, bytes: undefined, durationMs: 0.1234567, originMs: 12.3456789 },
];

const all = (of: Filterable): Required<Filterable> => {
  const { worker, method, path, publicOrigin, status, outcome, durationMs, why, fwd, key, ttl, stored } = of;
  const { collapsed, tier, originMs, bytes, client, lane } = of;
  return {
    ...{ worker, method, path, publicOrigin, status, outcome, durationMs, why, fwd, key, ttl, stored },
    ...{ collapsed, tier, originMs, bytes, client, lane },
  };
};

test("a filter sees of an exchange what watchers are shown of it", () => {
  for (const cacheStatus of decisions) {
    for (const but of others) {
      const one = record({ ...but, cacheStatus });
      const told = { ...shown(one, { worker: 3, seq: 1 }), client: "10.0.0.7" };
      expect(all(new Considered(one, 3, "10.0.0.7"))).toEqual(all(told));
    }
  }
});
