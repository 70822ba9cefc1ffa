import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { afterEvent, type Breaker, type BreakerEvent, CLOSED, permission } from "../../src/origins/breaker.ts";

const RULES = { failures: 3, paths: 3, first: 1000, longest: 8000 };
const NOW = 50_000;
const after = (breaker: Breaker, event: BreakerEvent, path = "/x") => afterEvent(breaker, { event, path }, NOW, RULES);
const ONE = ["/x"];
const ALL = ["/x", "/y", "/z"];
const closed = (failures: number, paths: readonly string[]): Breaker => ({ type: "closed", failures, paths });
const open = (until: number, times: number, paths = ONE): Breaker => ({ type: "open", until, times, paths });
const halfOpen = (times: number, paths = ONE, until = NOW + 8000): Breaker => ({
  type: "half-open",
  until,
  times,
  paths,
});

describe("what becomes of a breaker", () => {
  const table: readonly [Breaker, BreakerEvent, Breaker][] = [
    [CLOSED, "failed", closed(1, ONE)],
    [closed(1, ONE), "failed", closed(2, ONE)],
    [closed(1, ["/y"]), "failed", closed(2, ["/y", "/x"])],
    [closed(2, ONE), "failed", open(NOW + 1000, 1)],
    [closed(2, ONE), "probe-failed", open(NOW + 1000, 1)],
    [closed(2, ONE), "succeeded", CLOSED],
    [closed(2, ONE), "probe-succeeded", CLOSED],
    [closed(2, ONE), "probe-left", closed(2, ONE)],
    [open(NOW, 2), "probe-sent", halfOpen(2)],
    // Of those that were sent before.
    [open(NOW + 9, 2), "succeeded", open(NOW + 9, 2)],
    [open(NOW + 9, 2), "failed", open(NOW + 9, 2)],
    // Of one that found out all too late.
    [open(NOW + 9, 2), "probe-succeeded", CLOSED],
    [open(NOW + 9, 2), "probe-failed", open(NOW + 9, 2)],
    [open(NOW + 9, 2), "probe-left", open(NOW + 9, 2)],
    [halfOpen(2), "succeeded", halfOpen(2)],
    [halfOpen(2), "failed", halfOpen(2)],
    [halfOpen(1), "probe-succeeded", CLOSED],
    [halfOpen(1), "probe-failed", open(NOW + 2000, 2)],
    [halfOpen(2), "probe-failed", open(NOW + 4000, 3)],
    [halfOpen(9), "probe-failed", open(NOW + 8000, 10)],
    [halfOpen(3), "probe-left", open(NOW, 3)],
    [halfOpen(3, ONE, NOW), "probe-sent", halfOpen(3)],
  ];
  test.each(table)("%j, %s: %j", (before, event, then) => {
    expect(after(before, event)).toEqual(then);
  });

  const others: readonly [Breaker, BreakerEvent, string, Breaker][] = [
    [open(NOW + 9, 2), "succeeded", "/y", CLOSED],
    [halfOpen(2), "succeeded", "/y", CLOSED],
    [open(NOW + 9, 2), "failed", "/y", open(NOW + 9, 2, ["/x", "/y"])],
    [halfOpen(2, ["/x", "/y"]), "failed", "/z", halfOpen(2, ALL)],
    [open(NOW + 9, 2, ALL), "succeeded", "/other", open(NOW + 9, 2, ALL)],
    [open(NOW + 9, 2, ALL), "failed", "/other", open(NOW + 9, 2, ALL)],
    [halfOpen(2, ALL), "probe-failed", "/other", open(NOW + 4000, 3, ALL)],
  ];
  test.each(others)("%j, %s for %s: %j", (before, event, path, then) => {
    expect(after(before, event, path)).toEqual(then);
  });
});

describe("who may be sent", () => {
  test.each<[Breaker, string, ReturnType<typeof permission>]>([
    [CLOSED, "/x", "go"],
    [open(NOW + 1, 1), "/x", "no"],
    [open(NOW, 1), "/x", "probe"],
    [halfOpen(1), "/x", "no"],
    [halfOpen(1, ONE, NOW), "/x", "probe"],
    [open(NOW + 1, 1), "/y", "doubtful"],
    [halfOpen(1), "/y", "doubtful"],
    [open(NOW + 1, 1, ALL), "/other", "no"],
    [open(NOW, 1, ALL), "/other", "probe"],
  ])("%j, for %s: %s", (breaker, path, expected) => {
    expect(permission(breaker, path, NOW, RULES)).toBe(expected);
  });
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
        const allowed = permission(breaker, "/x", now, RULES);
        if (breaker.type === "open" && now < breaker.until) expect(allowed).toBe("no");
        if (allowed === "no") continue;
        if (allowed === "probe") {
          breaker = afterEvent(breaker, { event: "probe-sent", path: "/x" }, now, RULES);
          expect(permission(breaker, "/x", now, RULES)).toBe("no");
        }
        const word: BreakerEvent = answered ? "succeeded" : "failed";
        const event: BreakerEvent = allowed === "probe" ? `probe-${word}` : word;
        breaker = afterEvent(breaker, { event, path: "/x" }, now, RULES);
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
        breaker = after(breaker, answered ? "succeeded" : "failed");
        inARow = answered ? 0 : inARow + 1;
        if (inARow === RULES.failures) return expect(breaker.type).toBe("open");
        expect(breaker).toEqual(closed(inARow, inARow === 0 ? [] : ONE));
      }
    }),
  );
});
