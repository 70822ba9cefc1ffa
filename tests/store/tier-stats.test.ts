import { expect, test } from "bun:test";
import { sharedTier, type TierStats } from "../../src/store/tier-stats.ts";

const sqlite: TierStats = {
  ...{ name: "sqlite", state: "working", entries: 7, bytes: 700, maxBytes: 1000 },
  ...{ evictions: 1, expired: 2, damaged: 3, errors: 4, droppedWrites: 5 },
};

test("what lies in a tier that processes share is there once, what each did adds up", () => {
  expect(sharedTier([sqlite, undefined, { ...sqlite, evictions: 10, state: "failing" }])).toEqual({
    ...{ name: "sqlite", state: "failing", entries: 7, bytes: 700, maxBytes: 1000 },
    ...{ evictions: 11, expired: 4, damaged: 6, errors: 8, droppedWrites: 10 },
  });
});

test("what a tier cannot know stays absent", () => {
  const memcached: TierStats = { name: "memcached", state: "working", errors: 1, droppedWrites: 0 };
  expect(sharedTier([memcached, memcached])).toEqual({ ...memcached, errors: 2 });
  expect(sharedTier([undefined])).toBeUndefined();
});
