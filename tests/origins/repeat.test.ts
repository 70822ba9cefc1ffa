import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Answer, OriginFailure } from "../../src/http/origin.ts";
import { earned, FULL, MOST, spent } from "../../src/origins/budget.ts";
import { mayMoveOn, mayRetry, pauseBefore, type Repeatable, repeatable, verdictOn } from "../../src/origins/repeat.ts";

const stream = () => new ReadableStream<Uint8Array>();
const bodies = { none: () => null, blob: () => new Blob(["q"]), stream } as const;

const methods: readonly [string, keyof typeof bodies, Repeatable][] = [
  ["GET", "none", "after-any-failure"],
  ["HEAD", "none", "after-any-failure"],
  ["OPTIONS", "none", "after-any-failure"],
  ["QUERY", "blob", "after-any-failure"],
  ["QUERY", "stream", "never"],
  ["PUT", "none", "unanswered"],
  ["PUT", "stream", "never"],
  ["DELETE", "none", "unanswered"],
  ["POST", "none", "never"],
  ["POST", "blob", "never"],
  ["PATCH", "none", "never"],
  ["LOCK", "none", "never"],
];
test.each(methods)("%s with a body that is %s: %s", (method, body, expected) => {
  expect(repeatable({ method, body: bodies[body]() })).toBe(expected);
});

const failed = (failure: OriginFailure): Answer => ({ type: "failed", failure });
const response = (status: number, headers: Record<string, string> = {}): Answer => ({
  ...{
    type: "response",
    response: new Response(null, { status }),
    headers: new Headers(headers),
    framing: "delimited",
  },
});
const refused = failed({ type: "unreachable", cause: "connection refused" });

const answers: readonly [string, Answer, string, string, string, string][] = [
  // name, answer, verdict; GET moves on / retries; DELETE moves on
  ["no connection", refused, "failed", "on", "again", "on"],
  ["too slow", failed({ type: "timeout", after: 1 }), "failed", "on", "again", "on"],
  ["200", response(200), "well", "-", "-", "-"],
  ["404", response(404), "well", "-", "-", "-"],
  ["500", response(500), "well", "-", "-", "-"],
  ["502", response(502), "gone", "on", "again", "-"],
  ["503", response(503), "gone", "on", "again", "-"],
  ["503 with Retry-After", response(503, { "retry-after": "9" }), "gone", "on", "-", "-"],
  ["504", response(504), "gone", "on", "again", "-"],
  ["the client left", failed({ type: "aborted" }), "nothing", "-", "-", "-"],
  ["no socket", failed({ type: "overloaded", why: "no-socket", retryAfter: 1 }), "nothing", "-", "-", "-"],
];
test.each(answers)("%s", (_, answer, verdict, moves, retries, deletes) => {
  expect([
    verdictOn(answer),
    mayMoveOn("after-any-failure", answer) ? "on" : "-",
    mayRetry("after-any-failure", answer) ? "again" : "-",
    mayMoveOn("unanswered", answer) ? "on" : "-",
  ]).toEqual([verdict, moves, retries, deletes]);
  expect(mayMoveOn("never", answer)).toBeFalse();
});

test("pauses grow up to a bound, and any share of them may be it", () => {
  expect([1, 2, 3, 4, 5, 6, 9].map((time) => pauseBefore(time, 1))).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  expect([pauseBefore(3, 0), pauseBefore(3, 0.5)]).toEqual([0, 200]);
});

test("retries are never more than a tenth of requests and what was there at first", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("request", "retry"), { maxLength: 500 }), (all) => {
      let budget = FULL;
      let [requests, retries] = [0, 0];
      for (const what of all) {
        if (what === "request") {
          requests++;
          budget = earned(budget);
          continue;
        }
        const left = spent(budget);
        if (left === undefined) continue;
        retries++;
        budget = left;
      }
      expect(retries).toBeLessThanOrEqual(MOST + requests / 10 + 1e-9);
      expect(budget.left).toBeGreaterThanOrEqual(0);
    }),
  );
});
