import { expect, test } from "bun:test";
import { rulesOperation } from "../../src/admin/rules.ts";
import type { RuleFigure } from "../../src/http/rule-figures.ts";

const asked = (path: string) => {
  const url = new URL(path, "http://localhost/__admin/");
  return { request: new Request(url.href), url, headers: new Headers(), client: () => "" };
};
const figure = (rule: string, matches: number): RuleFigure => ({
  ...{ rule, match: "*", properties: ["ttl"], matches, effects: { ttl: 0 } },
});

test("the rules with their counts, and which never matched", async () => {
  const rules = [figure("rules[0]", 0), figure("rules[1]", 3)];
  const show = rulesOperation(async () => ({ version: "v", since: 5, rules }));
  expect(await show(asked("rules"))).toEqual({
    type: "json",
    value: { since: 5, rules, neverMatched: ["rules[0]"] },
  });
});

test("none where there is no config file", async () => {
  const show = rulesOperation(async () => undefined);
  expect(await show(asked("rules"))).toEqual({ type: "json", value: { since: null, rules: [], neverMatched: [] } });
});

test("a parameter is refused", async () => {
  const show = rulesOperation(async () => undefined);
  expect(await show(asked("rules?url=/a"))).toMatchObject({ type: "problem", problem: { status: 400 } });
});
