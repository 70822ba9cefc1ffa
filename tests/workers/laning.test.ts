import { expect, test } from "bun:test";
import { Lanes } from "../../src/lanes/lanes.ts";
import { matchOf } from "../../src/rules/match.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { Laning } from "../../src/workers/laning.ts";
import type { Answer, Question } from "../../src/workers/message.ts";
import { record } from "../observe/records.ts";
import { incoming } from "../rules/build.ts";
import { crewOf } from "./crew-of.ts";

const RULE: Rule = { place: "rules[0]", match: matchOf({}), values: { ttl: 1 } };

/** Two workers with lanes of their own, which tell each other. */
function two() {
  return crewOf(2).map((crew, i) => {
    const lanes = new Lanes({ scenario: undefined, chance: () => () => 0 }, undefined, i + 1);
    const checked = async (written: readonly unknown[]) => written.map(() => RULE);
    const laning = new Laning({
      ...{ lanes, crew, checked },
      onError: (error) => {
        throw error;
      },
    });
    crew.attend(async (question: Question): Promise<Answer> => {
      switch (question.type) {
        case "lane-change":
        case "lanes":
        case "lane-requests":
        case "lane-changes":
          return laning.answer(question);
        default:
          throw new Error(`nobody asks for ${question.type}`);
      }
    });
    return { lanes, laning };
  });
}

test("what is changed in one worker is so in the other once it is said to be done", async () => {
  const [one, other] = two();
  expect(await one?.laning.change({ type: "scenario", lane: "a", scenario: "s" })).toBe(true);
  expect(await one?.laning.change({ type: "rules", lane: "a", rules: [{}, {}] })).toBe(true);
  for (const lanes of [one?.lanes, other?.lanes]) {
    expect([lanes?.get("a")?.scenario, lanes?.get("a")?.rules.length]).toEqual(["s", 2]);
  }
  await other?.laning.change({ type: "reset", lane: "a" });
  for (const lanes of [one?.lanes, other?.lanes]) expect(lanes?.get("a")).toBeUndefined();
});

test("what a request switches is so at once here, and in the other before its answer goes out", async () => {
  const [one, other] = two();
  const asked = incoming("/", { headers: { "x-lane": "a" } });
  const told = one?.laning.enter(asked, "s");
  expect(one?.lanes.get("a")?.scenario).toBe("s");
  await told;
  expect(other?.lanes.get("a")?.scenario).toBe("s");
  // Nothing changes, so that nobody is told.
  expect(one?.laning.enter(asked, "s")).toBeUndefined();
});

test("numbers and exchanges are those of both", async () => {
  const [one, other] = two();
  one?.lanes.note(record({ at: 1, url: new URL("http://h/1") }));
  other?.lanes.note(record({ at: 2, url: new URL("http://h/2") }));
  one?.lanes.note(record({ at: 3, url: new URL("http://h/3") }));
  expect(await one?.laning.figures()).toMatchObject({ all: [{ lane: "", requests: 3, lastAt: 3 }], complete: true });
  const last = await other?.laning.requests("", 2);
  expect(last?.all.map(({ path, worker }) => [path, worker])).toEqual([
    ["/2", 2],
    ["/3", 1],
  ]);
});
