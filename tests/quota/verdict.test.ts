import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Need } from "../../src/http/origin.ts";
import type { Quota } from "../../src/http/quota.ts";
import {
  LONGEST_REFUSAL,
  type Refusal,
  type Rules,
  type Standing,
  type Verdict,
  verdict,
} from "../../src/quota/verdict.ts";

const NOW = 1_000_000_000;
const RULES: Rules = { share: 0.1, patience: 10_000 };
const GO: Verdict = { type: "go" };
const BOTH = ["required", "dispensable"] as const satisfies readonly Need[];

/** 5 of 100 for the next minute: 12 s between any two. */
const LOW: Quota = { limit: 100, remaining: 5, resetsAt: NOW + 60_000 };
const standing = (of: Partial<Standing>): Standing => ({
  refusal: undefined,
  quotas: [],
  lastDeparture: undefined,
  ...of,
});
const sent = (ago: number, ...quotas: readonly Quota[]): Standing => standing({ quotas, lastDeparture: NOW - ago });

describe("what the origin has refused", () => {
  const refusal: Refusal = { why: "refused", until: NOW + 5000 };
  test.each<[why: string, Refusal, Need, Verdict]>([
    ["is refused where nothing can stand in", refusal, "required", { type: "refuse", ...refusal }],
    ["is answered from what is stored where that can", refusal, "dispensable", { type: "serve-stale", ...refusal }],
    [
      "is known as what it was",
      { ...refusal, why: "overloaded" },
      "required",
      { type: "refuse", why: "overloaded", until: refusal.until },
    ],
    ["may be asked for again then", { ...refusal, until: NOW }, "required", GO],
    ["and is no matter once the clock was set back", { ...refusal, until: NOW + LONGEST_REFUSAL + 1 }, "required", GO],
  ])("%s", (_, remembered, need, expected) => {
    expect(verdict(standing({ refusal: remembered }), need, NOW, RULES)).toEqual(expected);
  });
});

describe("near the limit", () => {
  const wait = (ms: number): Verdict => ({ type: "wait", until: NOW + ms });
  const stale = (ms: number): Verdict => ({ type: "serve-stale", why: "scarce", until: NOW + ms });
  test.each<[why: string, Standing, required: Verdict, dispensable: Verdict]>([
    ["the first goes", standing({ quotas: [LOW] }), GO, GO],
    ["the next one has to wait for its turn", sent(4000, LOW), wait(8000), stale(8000)],
    ["which has come", sent(12_000, LOW), GO, GO],
    ["nobody waits for longer than that", sent(0, LOW), wait(10_000), stale(12_000)],
    ["also where another waits already", sent(-8000, LOW), wait(10_000), stale(20_000)],
    [
      "where nothing is left the reset is waited for",
      sent(0, { ...LOW, remaining: 0, resetsAt: NOW + 7000 }),
      wait(7000),
      stale(7000),
    ],
    ["or, where that is far, the origin is to say so", sent(0, { ...LOW, remaining: 0 }), GO, stale(60_000)],
    ["where a tenth is left nobody waits", sent(0, { ...LOW, remaining: 10 }), GO, GO],
    ["nor after the reset", sent(0, { ...LOW, resetsAt: NOW }), GO, GO],
    ["nor where there is none", sent(0, { limit: 100, remaining: 0 }), GO, GO],
    ["nor where nobody says of how many", sent(0, { remaining: 1, resetsAt: NOW + 60_000 }), GO, GO],
    ["but for the last", sent(0, { remaining: 0, resetsAt: NOW + 6000 }), wait(6000), stale(6000)],
    [
      "of several quotas the slowest counts",
      sent(0, LOW, { limit: 1000, remaining: 30, resetsAt: NOW + 60_000 }),
      wait(10_000),
      stale(12_000),
    ],
  ])("%s", (_, known, required, dispensable) => {
    expect(verdict(known, "required", NOW, RULES)).toEqual(required);
    expect(verdict(known, "dispensable", NOW, RULES)).toEqual(dispensable);
  });

  test("who has no patience is not held back", () => {
    const known = sent(0, { limit: 2, remaining: 1, resetsAt: NOW + 1 });
    expect(verdict(known, "required", NOW, { share: 0.6, patience: 0 })).toEqual(GO);
  });

  test("a share of nothing spares nothing", () => {
    for (const need of BOTH)
      expect(verdict(sent(0, { ...LOW, remaining: 0 }), need, NOW, { ...RULES, share: 0 })).toEqual(GO);
  });
});

const instant = fc.integer({ min: NOW - 1e7, max: NOW + 1e7 });
const quota: fc.Arbitrary<Quota> = fc
  .record({ limit: fc.nat(1000), remaining: fc.nat(1000), resetsAt: instant }, { requiredKeys: ["remaining"] })
  .map(({ limit, remaining, resetsAt }) => ({
    remaining,
    ...(limit !== undefined && { limit }),
    ...(resetsAt !== undefined && { resetsAt }),
  }));
const anyStanding = fc.record({
  refusal: fc.option(fc.record({ why: fc.constantFrom("refused", "overloaded"), until: instant }), { nil: undefined }),
  quotas: fc.array(quota, { maxLength: 4 }),
  lastDeparture: fc.option(instant, { nil: undefined }),
});
const rules = fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), patience: fc.nat(60_000) });

test("nobody waits too long, and only what the origin refuses is refused, for an hour at most", () => {
  fc.assert(
    fc.property(anyStanding, fc.constantFrom(...BOTH), rules, (known, need, how) => {
      const what = verdict(known, need, NOW, how);
      switch (what.type) {
        case "go":
          return;
        case "wait":
          expect(need).toBe("required");
          expect(what.until).toBeGreaterThan(NOW);
          expect(what.until).toBeLessThanOrEqual(NOW + how.patience);
          return;
        case "refuse":
          expect(need).toBe("required");
          expect(what.until).toBe(known.refusal?.until ?? 0);
          expect(what.until).toBeLessThanOrEqual(NOW + LONGEST_REFUSAL);
          return;
        case "serve-stale":
          expect(need).toBe("dispensable");
          expect(what.until).toBeGreaterThan(NOW);
      }
    }),
  );
});

test("requests that wait their turns go no faster than what is left allows", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1000, max: 60_000 }), (remaining, length) => {
      // Each has the patience for all of it.
      const how = { share: 0.1, patience: length };
      const [limit, resetsAt] = [100, NOW + length];
      const departures = [NOW];
      for (let left = remaining; left > 0; left--) {
        const lastDeparture = departures.at(-1) ?? NOW;
        const what = verdict(
          { refusal: undefined, quotas: [{ limit, remaining: left, resetsAt }], lastDeparture },
          "required",
          lastDeparture,
          how,
        );
        if (what.type !== "wait") throw new Error(`${what.type}, and not to wait`);
        departures.push(what.until);
      }
      const gaps = departures.slice(1).map((at, i) => at - (departures[i] ?? 0));
      for (const gap of gaps) expect(Math.abs(gap - length / remaining)).toBeLessThan(1e-3);
    }),
  );
});
