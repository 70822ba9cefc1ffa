import { describe, expect, test } from "bun:test";
import { joinedRuleFigures, type RuleFigures } from "../../src/http/rule-figures.ts";

function counted(version: string, since: number, ...counts: readonly number[]): RuleFigures {
  const rules = counts.map((matches, i) => ({
    ...{ rule: `rules[${i}]`, match: "*", properties: ["ttl"], matches, effects: { ttl: matches } },
  }));
  return { version, since, rules };
}

describe("what several processes counted", () => {
  test("adds up, since the first of them", () => {
    expect(joinedRuleFigures([counted("a", 20, 1, 2), undefined, counted("a", 10, 3, 4)])).toEqual(
      counted("a", 10, 4, 6),
    );
  });

  test("of the last rules, not of those that some had before", () => {
    expect(joinedRuleFigures([counted("old", 10, 5), counted("new", 20, 1), counted("new", 21, 2)])).toEqual(
      counted("new", 20, 3),
    );
  });

  test("is nothing where there are no rules", () => {
    expect(joinedRuleFigures([undefined, undefined])).toBeUndefined();
  });
});
