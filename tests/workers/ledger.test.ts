import { expect, test } from "bun:test";
import { Ledger, type Recalled } from "../../src/workers/ledger.ts";
import { type Share, summed } from "../../src/workers/share.ts";
import { share } from "./shares.ts";

/** All that is recalled, as one. */
function sumOf({ last, gone }: Recalled) {
  const [first, ...others]: readonly Share[] = gone === undefined ? last : [gone, ...last];
  return first && summed([first, ...others]);
}

test("nothing is recalled of who was never heard", () => {
  const ledger = new Ledger();
  ledger.ended(1);
  expect(ledger.recalled()).toEqual({ last: [], gone: undefined });
});

test("the last word of each counts, and what it held only while it runs", () => {
  const ledger = new Ledger();
  const tier = { name: "redis", state: "failing", errors: 3, droppedWrites: 1 } as const;
  ledger.heard(share(1, [1]));
  ledger.heard({ ...share(1, [1, 2]), store: tier });
  ledger.heard(share(2, [5]));
  expect(sumOf(ledger.recalled())).toMatchObject({ requests: { total: 5 }, cache: { entries: 3, evictions: 4 } });
  ledger.ended(1);
  expect(ledger.recalled().last).toHaveLength(1);
  expect(sumOf(ledger.recalled())).toMatchObject({
    requests: { total: 5 },
    cache: { entries: 2, maxBytes: 1000, evictions: 4 },
    store: { state: "working", errors: 3 },
    originQuota: { strictest: { remaining: 20 }, delayed: 3 },
  });
});

test("who crashes again and again adds up", () => {
  const ledger = new Ledger();
  for (const ms of [1, 2, 3]) {
    ledger.heard(share(1, [ms]));
    ledger.ended(1);
  }
  expect(sumOf(ledger.recalled())).toMatchObject({
    requests: { total: 6, miss: 3 },
    originLatencyMs: { count: 3, max: 3 },
    log: { dropped: 3 },
  });
});
