import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { afterEvent, type Breaker, type BreakerEvent, CLOSED, permission } from "../../src/origins/breaker.ts";

const RULES = { failures: 3, first: 1000, longest: 8000 };
const NOW = 50_000;
const after = (breaker: Breaker, event: BreakerEvent) => afterEvent(breaker, event, NOW, RULES);
const closed = (failures: number): Breaker => ({ type: "closed", failures });
const open = (until: number, times: number): Breaker => ({ type: "open", until, times });
const halfOpen = (times: number): Breaker => ({ type: "half-open", times });

describe("what becomes of a breaker", () => {
  const table: readonly [Breaker, BreakerEvent, Breaker][] = [
    [closed(0), "failed", closed(1)],
    [closed(1), "failed", closed(2)],
    [closed(2), "failed", open(NOW + 1000, 1)],
    [closed(2), "probe-failed", open(NOW + 1000, 1)],
    [closed(2), "succeeded", closed(0)],
    [closed(2), "probe-succeeded", closed(0)],
    [closed(2), "check-passed", closed(0)],
    [closed(2), "probe-left", closed(2)],
    [open(NOW, 2), "probe-sent", halfOpen(2)],
    [open(NOW + 9, 2), "check-passed", closed(0)],
    // Of those that were sent before.
    [open(NOW + 9, 2), "succeeded", open(NOW + 9, 2)],
    [open(NOW + 9, 2), "failed", open(NOW + 9, 2)],
    [halfOpen(2), "succeeded", halfOpen(2)],
    [halfOpen(2), "failed", halfOpen(2)],
    [halfOpen(1), "probe-succeeded", closed(0)],
    [halfOpen(1), "check-passed", closed(0)],
    [halfOpen(1), "probe-failed", open(NOW + 2000, 2)],
    [halfOpen(2), "probe-failed", open(NOW + 4000, 3)],
    [halfOpen(9), "probe-failed", open(NOW + 8000, 10)],
    [halfOpen(3), "probe-left", open(NOW, 3)],
  ];
  test.each(table)("%j, %s: %j", (before, event, then) => {
    expect(after(before, event)).toEqual(then);
  });
});

test("who may be sent", () => {
  expect(permission(CLOSED, NOW)).toBe("go");
  expect(permission(open(NOW + 1, 1), NOW)).toBe("no");
  expect(permission(open(NOW, 1), NOW)).toBe("probe");
  expect(permission(halfOpen(1), NOW)).toBe("no");
});

/** Plays requests one after the other, which the address answers or not, as the breaker lets them. */
const requests = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 3000 }), answered: fc.boolean() }), {
  maxLength: 200,
});

test("while it is open nothing is sent, and there is never more than one probe a back-off", () => {
  fc.assert(
    fc.property(requests, (all) => {
      let breaker: Breaker = CLOSED;
      let now = 0;
      for (const { pause, answered } of all) {
        now += pause;
        const allowed = permission(breaker, now);
        if (breaker.type === "open" && now < breaker.until) expect(allowed).toBe("no");
        if (allowed === "no") continue;
        if (allowed === "probe") {
          breaker = afterEvent(breaker, "probe-sent", now, RULES);
          expect(permission(breaker, now)).toBe("no");
        }
        const word: BreakerEvent = answered ? "succeeded" : "failed";
        breaker = afterEvent(breaker, allowed === "probe" ? `probe-${word}` : word, now, RULES);
        expect(breaker.type).not.toBe("half-open");
        if (breaker.type === "open") expect(breaker.until - now).toBeLessThanOrEqual(RULES.longest);
      }
    }),
  );
});

test("three without an answer between them are needed, and one answer ends it", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 50 }), (answers) => {
      let breaker: Breaker = CLOSED;
      let inARow = 0;
      for (const answered of answers) {
        breaker = afterEvent(breaker, answered ? "succeeded" : "failed", 0, RULES);
        inARow = answered ? 0 : inARow + 1;
        if (inARow === RULES.failures) return expect(breaker.type).toBe("open");
        expect(breaker).toEqual({ type: "closed", failures: inARow });
      }
    }),
  );
});
