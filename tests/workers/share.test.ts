import { expect, test } from "bun:test";
import { summed } from "../../src/workers/share.ts";
import { statistics } from "../../src/workers/statistics.ts";
import { crewOf } from "./crew-of.ts";
import { share, VITALS } from "./shares.ts";

test("shares add up as if one process had done it all", () => {
  const sum = summed([share(1, [10, 20, 30]), share(2, [40, 500])]);
  expect(sum).toMatchObject({
    requests: { total: 7, hit: 2, miss: 5 },
    hitRatio: 2 / 7,
    bytesSaved: 20,
    cache: { entries: 3, bytes: 20, maxBytes: 2000, evictions: 4, expired: 6, errors: 2 },
    log: { dropped: 3 },
    originQuota: { strictest: { policy: "default", limit: 100, remaining: 10, resetsAt: 5000 }, delayed: 3 },
    originLatencyMs: { count: 5, max: 500 },
  });
  // The median of all, and not of medians.
  expect(Math.abs((sum.originLatencyMs.p50 ?? 0) - 30)).toBeLessThan(0.05);
});

test("a process that is alone lists no workers", async () => {
  expect(await statistics(share(0, []), undefined)).not.toHaveProperty("workers");
});

test("workers are listed by their numbers, whoever is asked", async () => {
  const crew = crewOf(3);
  const shares = crew.map((_, i) =>
    share(
      i + 1,
      Array.from({ length: i }, () => 1),
    ),
  );
  for (const [i, one] of crew.entries()) {
    one.attend(() => ({ type: "statistics", share: shares[i] ?? share(9, []) }));
  }
  const { workers, requests } = await statistics(shares[1] ?? share(9, []), crew[1]);
  expect(requests.total).toBe(6);
  expect(workers).toEqual(
    [1, 2, 3].map((worker) => ({
      ...{ worker, pid: 100 + worker, restarts: worker - 1, uptimeSeconds: 5, requests: worker },
      ...{ entries: worker, unconfirmedInvalidations: 4 },
      ...{ residentBytes: VITALS.residentBytes, worstLagMs: VITALS.lag.worstMs },
    })),
  );
});
