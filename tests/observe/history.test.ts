import { expect, test } from "bun:test";
import fc from "fast-check";
import { Counters } from "../../src/observe/counters.ts";
import { addedUp, eachSecond, History, type Second } from "../../src/observe/history.ts";
import { record } from "./records.ts";

/** A history, with a clock and exchanges that the test makes. */
function begin(at: number) {
  const clock = { now: at };
  const counters = new Counters();
  const history = new History(
    () => counters.tally(),
    () => clock.now,
  );
  return {
    clock,
    history,
    hit: (times = 1) => {
      for (let i = 0; i < times; i++) counters.count(record({ durationMs: 2, bytes: 10 }));
    },
    miss: (originMs: number) => counters.count(record({ outcome: "miss", originMs })),
    told: (since = 0) => addedUp([history.since(since)]),
  };
}

const hits = (seconds: readonly Second[]) => seconds.map(({ at, requests }) => [at, requests.hit]);

test("each second that is over has what came in it; the one that goes on is not told of", () => {
  const { clock, history, hit, miss, told } = begin(5300);
  hit(2);
  clock.now = 6001;
  history.look();
  hit();
  miss(40);
  miss(20);
  expect(hits(told())).toEqual([[5000, 2]]);
  clock.now = 7002;
  expect(told()[1]).toEqual({
    ...{ at: 6000, requests: { hit: 1, miss: 2, stale: 0, revalidated: 0, bypass: 0, error: 0 } },
    ...{ bytesSaved: 10, originCount: 2, originMs: 30, cacheMs: 2 },
  });
  clock.now = 8000;
  expect(told(7000)).toEqual([
    {
      ...{ at: 7000, requests: { hit: 0, miss: 0, stale: 0, revalidated: 0, bypass: 0, error: 0 } },
      ...{ bytesSaved: 0, originCount: 0 },
    },
  ]);
});

test("what several seconds brought, of which nobody saw the end, is divided and says so", () => {
  const { clock, hit, miss, told } = begin(5000);
  hit(10);
  miss(40);
  clock.now = 8100;
  const seconds = told();
  expect(hits(seconds)).toEqual([
    [5000, 3],
    [6000, 4],
    [7000, 3],
  ]);
  expect(seconds.map(({ originCount, originMs, estimated }) => [originCount, originMs, estimated])).toEqual([
    [0, undefined, true],
    [1, 40, true],
    [0, undefined, true],
  ]);
  clock.now = 9000;
  expect(told(8000)[0]?.estimated).toBeUndefined();
});

test("after a longer pause the seconds in it are unknown, and all is said of the last", () => {
  const { clock, hit, told } = begin(5000);
  hit(10);
  clock.now = 60_500;
  expect(told()).toMatchObject([{ at: 59_000, requests: { hit: 10 }, estimated: true }]);
});

test("a clock that is set back makes no second twice", () => {
  const { clock, hit, told } = begin(5000);
  for (const now of [6001, 7001, 8001, 6500, 7500]) {
    hit();
    clock.now = now;
    told();
  }
  expect(hits(told())).toEqual([
    [5000, 1],
    [6000, 1],
  ]);
});

test("ten minutes are remembered", () => {
  const { clock, history, told } = begin(0);
  for (clock.now = 1000; clock.now < 700_000; clock.now += 1000) history.look();
  expect(told().length).toBe(600);
  expect([told()[0]?.at, told().at(-1)?.at]).toEqual([100_000, 699_000]);
});

test("as long as the clock goes forward, nothing is lost or told twice, whenever somebody looks", () => {
  const steps = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 15_000 }), hits: fc.nat(20) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const { clock, hit, told, history } = begin(500);
      let count = 0;
      for (const { pause, hits } of all) {
        hit(hits);
        count += hits;
        clock.now += pause;
        history.look();
      }
      clock.now += 1000;
      const seconds = told();
      expect(seconds.reduce((sum, { requests }) => sum + requests.hit, 0)).toBe(count);
      expect(seconds.reduce((sum, { bytesSaved }) => sum + bytesSaved, 0)).toBe(10 * count);
      const times = seconds.map(({ at }) => at);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      // A mean is the same however it is divided.
      expect(seconds.every(({ cacheMs }) => cacheMs === undefined || cacheMs === 2)).toBe(true);
    }),
  );
});

test("it is looked at just after each second's end, and no more once that is ended", async () => {
  const ticks: number[] = [];
  const two = Promise.withResolvers<void>();
  const end = eachSecond(Date.now, () => {
    ticks.push(Math.floor(Date.now() / 1000));
    if (ticks.length === 2) two.resolve();
  });
  await two.promise;
  end();
  expect(ticks).toEqual([...new Set(ticks)]);
});
