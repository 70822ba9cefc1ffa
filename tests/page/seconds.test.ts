import { describe, expect, test } from "bun:test";
import { lastOf, MOST_SECONDS, type Second, Seconds, stretches, summedUp } from "../../src/page/seconds.ts";

const NONE = { hit: 0, miss: 0, stale: 0, revalidated: 0, bypass: 0, error: 0 };
const second = (at: number, hit = 1): Second => ({ at, requests: { ...NONE, hit }, bytesSaved: hit * 10 });

describe("the last seconds", () => {
  test("are what the proxy tells of them; what it told too early it tells again", () => {
    const seconds = new Seconds();
    expect(seconds.since).toBe(0);
    seconds.add([second(6000), second(7000), second(8000)]);
    expect(seconds.since).toBe(5000);
    seconds.add([second(6000), second(7000), second(8000, 2), second(9000)]);
    expect(seconds.all.map(({ at, requests }) => [at, requests.hit])).toEqual([
      [6000, 1],
      [7000, 1],
      [8000, 2],
      [9000, 1],
    ]);
  });

  test("are kept where the proxy has forgotten them, and where it has nothing to tell", () => {
    const seconds = new Seconds();
    seconds.add([second(1000), second(2000)]);
    seconds.add([]);
    seconds.add([second(9000)]);
    expect(seconds.all.map(({ at }) => at)).toEqual([1000, 2000, 9000]);
  });

  test("are no more than ten minutes", () => {
    const seconds = new Seconds();
    seconds.add(Array.from({ length: 700 }, (_, i) => second(i * 1000)));
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
