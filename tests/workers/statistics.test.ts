import { expect, test } from "bun:test";
import { figuresOf } from "../../src/workers/figures.ts";
import type { Answer } from "../../src/workers/message.ts";
import { statistics } from "../../src/workers/statistics.ts";
import { crewOf, worker } from "./crew-of.ts";
import { share } from "./shares.ts";

/** A worker whose supervisor hands it these answers and says that there are no more. */
function answeredBy(answers: readonly Answer[]) {
  const crew = worker(1, (message) => {
    if (message.type !== "question") return;
    for (const answer of answers) crew.take({ type: "answer", id: message.id, answer });
    crew.take({ type: "complete", id: message.id });
  });
  return crew;
}

test("who does not answer counts as it was last heard, who answers by what it says, and who is gone all the same", async () => {
  const recalled = { type: "recalled", last: [share(1, []), share(2, [1, 2])], gone: share(2, [7]) } as const;
  const silent = await statistics(share(1, [1]), answeredBy([recalled]));
  expect(silent.requests.total).toBe(2 + 3 + 2);
  expect(silent.workers).toHaveLength(1);
  const answering = { type: "statistics", share: share(2, [1, 2, 3]) } as const;
  const both = await statistics(share(1, [1]), answeredBy([recalled, answering]));
  expect(both.requests.total).toBe(2 + 4 + 2);
  expect(both.workers).toHaveLength(2);
});

test("metrics know which workers there should be", async () => {
  const { workers, counted } = await figuresOf(share(1, [1]), answeredBy([]));
  expect(workers.map(({ worker, vitals }) => [worker, vitals !== undefined])).toEqual([
    [1, true],
    [2, false],
  ]);
  expect(counted.requests).toMatchObject({ hit: 1, miss: 1 });
  expect((await figuresOf(share(0, []), undefined)).workers.map(({ worker }) => worker)).toEqual([0]);
});

test("the tier that all share stands beside the memory of all", async () => {
  const tier = { name: "redis", state: "failing", errors: 3, droppedWrites: 1 } as const;
  const [one, other] = crewOf(2);
  other?.attend(() => ({ type: "statistics", share: { ...share(2, []), store: tier } }));
  const { tiers } = await figuresOf({ ...share(1, []), store: tier }, one);
  expect(tiers).toMatchObject([
    { tier: "memory", up: true, entries: 3, maxBytes: 2000, errors: 2 },
    { tier: "redis", up: false, errors: 6, droppedWrites: 2 },
  ]);
});
