import { describe, expect, test } from "bun:test";
import { totalsOf } from "../../src/observe/totals.ts";
import { lastOf, MOST_SECONDS, type Second, Seconds, stretches, summedUp } from "../../src/page/seconds.ts";
import type { Stats } from "../../src/page/stats.ts";
import { shownExchange } from "./exchanges.ts";

const NONE = { hit: 0, miss: 0, stale: 0, revalidated: 0, bypass: 0, error: 0 };
const second = (at: number, hit = 1): Second => ({ at, requests: { ...NONE, hit }, bytesSaved: hit * 10 });

/** Statistics after so many hits. */
function stats(hit: number): Stats {
  const totals = totalsOf([]);
  return {
    ...totals,
    ...{ name: "caching-proxy", version: "1", uptimeSeconds: 1, origin: "http://o/", log: { dropped: 0 } },
    ...{ requests: { ...totals.requests, hit, total: hit }, bytesSaved: hit * 10, cache: { errors: 0 } },
  };
}

describe("the last seconds", () => {
  test("are what each of the statistics adds, with how long exchanges took meanwhile", () => {
    const seconds = new Seconds();
    seconds.add(stats(5), 10_000);
    seconds.saw([
      shownExchange({ outcome: "hit", durationMs: 1 }),
      shownExchange({ outcome: "hit", durationMs: 3 }),
      shownExchange({ outcome: "miss", durationMs: 50, originMs: 40 }),
    ]);
    seconds.add(stats(8), 11_000);
    expect(seconds.all).toEqual([
      { at: 10_000, requests: { ...NONE, hit: 3 }, bytesSaved: 30, originMs: 40, cacheMs: 2 },
    ]);
  });

  test("are not made up for a gap, nor where counts begin anew", () => {
    const seconds = new Seconds();
    seconds.add(stats(5), 10_000);
    seconds.add(stats(900), 20_000);
    seconds.add(stats(1), 21_000);
    expect(seconds.all).toEqual([]);
  });

  test("are filled up by what the proxy remembers, each once", () => {
    const seconds = new Seconds();
    seconds.remember([second(1000), second(2000)]);
    seconds.add(stats(0), 9000);
    seconds.add(stats(7), 10_000);
    seconds.remember([second(2000, 2), second(3000), second(4000)]);
    expect(seconds.all.map(({ at, requests }) => [at, requests.hit])).toEqual([
      [1000, 1],
      [2000, 2],
      [3000, 1],
      [4000, 1],
      [9000, 7],
    ]);
  });

  test("are no more than ten minutes", () => {
    const seconds = new Seconds();
    seconds.remember(Array.from({ length: 700 }, (_, i) => second(i * 1000)));
    expect([seconds.all.length, seconds.all[0]?.at]).toEqual([MOST_SECONDS, 100_000]);
  });
});

describe("summed up", () => {
  const misses: Second = {
    at: 3000,
    requests: { ...NONE, miss: 2, stale: 1 },
    bytesSaved: 5,
    originMs: 100,
    cacheMs: 1,
  };

  test("by what the origin would have taken, then or usually", () => {
    expect(summedUp([second(1000, 2), misses], 50)).toEqual({
      requests: 5,
      served: 3,
      bytesSaved: 25,
      msSaved: 2 * 50 + 99,
    });
  });

  test("a minute counts from the newest second back", () => {
    const all = Array.from({ length: 100 }, (_, i) => second(i * 1000));
    expect(lastOf(all, 60).map(({ at }) => at)).toEqual(all.slice(40).map(({ at }) => at));
  });

  test("stretches end with the newest second, and are there where nothing was", () => {
    const bins = stretches([second(0, 4), second(595_000, 1), second(599_000, 2)], 10, 0);
    expect(bins).toHaveLength(60);
    expect([bins[0]?.served, bins[1]?.served, bins.at(-1)?.served]).toEqual([4, 0, 3]);
  });
});
