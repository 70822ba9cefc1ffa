import { expect, test } from "bun:test";
import { afterEnd, type Life, NO_TROUBLE, type Trouble } from "../../src/workers/restart.ts";

const CRASH: Life = { served: true, lasted: 500 };
const FAILED_START: Life = { served: false, lasted: 50 };
const LONG: Life = { served: true, lasted: 3_600_000 };

/** The pauses that follow a row of lives; the last may be that there is no more. */
function pauses(lives: readonly Life[]): (number | "give-up")[] {
  let trouble: Trouble = NO_TROUBLE;
  return lives.map((life) => {
    const next = afterEnd(trouble, life);
    if (next.type === "give-up") return "give-up";
    trouble = next.trouble;
    return next.pause;
  });
}

test("the first one follows at once, the next ones after pauses that double up to ten seconds", () => {
  const many = Array.from({ length: 12 }, () => CRASH);
  expect(pauses(many)).toEqual([0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000]);
});

test("who lived long is followed at once, and the pauses begin anew", () => {
  expect(pauses([CRASH, CRASH, CRASH, LONG, CRASH, CRASH])).toEqual([0, 100, 200, 0, 0, 100]);
});

test("who fails to start five times in a row is given up", () => {
  expect(pauses(Array.from({ length: 5 }, () => FAILED_START))).toEqual([0, 100, 200, 400, "give-up"]);
});

test("who served in between is not", () => {
  const lives = [FAILED_START, FAILED_START, FAILED_START, FAILED_START, CRASH, FAILED_START];
  expect(pauses(lives)).not.toContain("give-up");
});

test("a start that takes long and fails is a failed start all the same", () => {
  const slow: Life = { served: false, lasted: 120_000 };
  expect(pauses([slow, slow, slow, slow, slow])).toEqual([0, 0, 0, 0, "give-up"]);
});
