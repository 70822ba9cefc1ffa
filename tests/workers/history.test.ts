import { expect, test } from "bun:test";
import { Counters } from "../../src/observe/counters.ts";
import { History } from "../../src/observe/history.ts";
import { historyOf } from "../../src/workers/history.ts";
import { record } from "../observe/records.ts";
import { crewOf } from "./crew-of.ts";

/** Workers with a history each, on one clock. */
function workers(count: number, clock: { now: number }) {
  return crewOf(count).map((crew) => {
    const counters = new Counters();
    const history = new History(
      () => counters.tally(),
      () => clock.now,
    );
    crew.attend((question) =>
      question.type === "history"
        ? { type: "history", seconds: history.since(question.since) }
        : { type: "heeded", dropped: 0 },
    );
    return {
      told: (since = 0) => historyOf(history, crew, since),
      see: (originMs: number) => counters.count(record({ outcome: "miss", originMs })),
    };
  });
}

test("each second has what all workers passed in it, with the mean of all", async () => {
  const clock = { now: 1000 };
  const [a, b] = workers(2, clock);
  if (a === undefined || b === undefined) throw new Error("two");
  a.see(10);
  b.see(20);
  b.see(60);
  clock.now = 2000;
  expect(await a.told()).toMatchObject([{ at: 1000, requests: { miss: 3 }, originCount: 3, originMs: 30 }]);
  b.see(5);
  clock.now = 3000;
  expect(await a.told(2000)).toMatchObject([{ at: 2000, requests: { miss: 1 }, originMs: 5 }]);
  expect(await b.told()).toEqual(await a.told());
});

test("a second that ends while the others are asked is told of the next time, by all", async () => {
  const clock = { now: 1000 };
  const [a, b] = workers(2, clock);
  a?.see(10);
  b?.see(10);
  clock.now = 2999;
  const told = a?.told();
  clock.now = 3000;
  expect((await told)?.map(({ at }) => at)).toEqual([1000]);
  expect((await a?.told(2000))?.map(({ at }) => at)).toEqual([2000]);
});
