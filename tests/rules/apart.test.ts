import { expect, test } from "bun:test";
import fc from "fast-check";
import { apartOf } from "../../src/rules/apart.ts";
import { matchOf } from "../../src/rules/match.ts";
import { Matched } from "../../src/rules/matched.ts";
import type { Rule } from "../../src/rules/rule.ts";

const rule = (values: Rule["values"], when: Pick<Rule, "scenario" | "lane"> = {}): Rule => {
  return { place: "rules[0]", match: matchOf({}), values, ...when };
};
const apart = (...rules: readonly Rule[]) => apartOf(new Matched(rules, "ours")).name;
const IN_SCENARIO = { scenario: "s" };

test.each<[string, boolean, readonly Rule[]]>([
  ["no rule", false, []],
  ["rules that count for all", false, [rule({ ttl: 1, "request.headers": { a: "1" } })]],
  ["a lifetime in a scenario", true, [rule({ ttl: 1 }, IN_SCENARIO)]],
  ["a lifetime in a lane", true, [rule({ ttl: 1 }, { lane: "" })]],
  ["the same that all have", false, [rule({ ttl: 1 }, IN_SCENARIO), rule({ ttl: 1 })]],
  ["one behind that of all", false, [rule({ ttl: 1 }), rule({ ttl: 2 }, IN_SCENARIO)]],
  [
    "a field of the answer",
    false,
    [rule({ "response.headers": { a: "1" }, delay: { type: "fixed", ms: 1 } }, IN_SCENARIO)],
  ],
  // With it a lifetime counts for answers that set a cookie, which would be stored without and with it.
  ["cookies taken away", true, [rule({ "response.headers": { "set-cookie": null } }, IN_SCENARIO), rule({ ttl: 1 })]],
  ["a field of the request", true, [rule({ "request.headers": { a: null } }, IN_SCENARIO)]],
  ["nothing but empty values", false, [rule({ ttl: undefined, "request.headers": undefined }, IN_SCENARIO)]],
])("%s: %p", (_, isApart, rules) => {
  expect(apart(...rules) !== undefined).toBe(isApart);
});

test("who is answered by the same values shares what they bring, by whatever rule they come", () => {
  expect(apart(rule({ ttl: 1 }, { lane: "a" }))).toBe(apart(rule({ ttl: 1 }, IN_SCENARIO)) ?? "");
  expect(apart(rule({ ttl: 1 }, { lane: "a" }))).not.toBe(apart(rule({ ttl: 2 }, { lane: "a" })) ?? "");
});

test("two that are not answered by the same values never share", () => {
  const values = fc.record(
    {
      ttl: fc.integer({ min: 0, max: 2 }),
      cache: fc.constant(false as const),
      "request.headers": fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("1", "2", null), { maxKeys: 2 }),
      "key.query": fc.constantFrom("exact", "sorted"),
      "response.status": fc.integer({ min: 200, max: 201 }),
    },
    { requiredKeys: [] },
  );
  const conditional = fc.array(fc.tuple(values, fc.constantFrom({}, IN_SCENARIO, { lane: "a" }, { lane: "b" })), {
    maxLength: 4,
  });
  const told = (matched: Matched) =>
    JSON.stringify([
      matched.first("ttl")?.value,
      matched.first("cache")?.value,
      matched.first("key.query")?.value,
      matched
        .fields("request.headers")
        .map(({ name, value }) => [name, value])
        .sort(),
    ]);
  fc.assert(
    fc.property(conditional, (written) => {
      const rules = written.map(([of, when]) => rule(of, when));
      const ways = [{}, IN_SCENARIO, { lane: "a" }, { scenario: "s", lane: "b" }].map(
        (now: Pick<Rule, "scenario" | "lane">) =>
          new Matched(
            rules.filter(({ scenario, lane }) => {
              return (scenario === undefined || scenario === now.scenario) && (lane === undefined || lane === now.lane);
            }),
            "ours",
          ),
      );
      for (const one of ways) {
        for (const other of ways) {
          if (apartOf(one).name === apartOf(other).name) expect(told(one)).toBe(told(other));
        }
      }
    }),
  );
});
