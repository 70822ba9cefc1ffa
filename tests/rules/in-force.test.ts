import { expect, test } from "bun:test";
import { ignoredQuery } from "../../src/caching/ignored-query.ts";
import { RulesInForce } from "../../src/rules/in-force.ts";
import { matchOf } from "../../src/rules/match.ts";
import { furtherPlaces } from "../../src/rules/places.ts";
import { seeded } from "../../src/rules/random.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { incoming } from "./build.ts";

const rule = (values: Rule["values"], headers?: Readonly<Record<string, string>>): Rule => ({
  ...{ place: "rules[0]", match: matchOf(headers ? { headers } : {}), values },
});

test("who has asked before others came is answered by those of his time", () => {
  const rules = new RulesInForce([rule({ ttl: 1 })]);
  const early = incoming("/a");
  expect(rules.of(early).first("ttl")?.value).toBe(1);
  rules.replace([rule({ ttl: 2 })]);
  expect(rules.of({ ...early }).first("ttl")?.value).toBe(1);
  expect(rules.of(incoming("/a")).first("ttl")?.value).toBe(2);
});

test("what a layer changes in a request makes no other rule of it", () => {
  const rules = new RulesInForce([rule({ ttl: 1 }, { "x-a": "1" })]);
  const asked = incoming("/a", { headers: { "x-a": "1" } });
  expect(rules.of(asked).first("ttl")?.value).toBe(1);
  expect(rules.of({ ...asked, headers: new Headers() }).first("ttl")?.value).toBe(1);
});

test("a scenario is asked for with each request", () => {
  const rules = new RulesInForce(
    [{ ...rule({ ttl: 1 }), scenario: "slow" }],
    ({ url }) => url.searchParams.get("s") ?? undefined,
  );
  expect(rules.of(incoming("/a?s=slow")).rules).toHaveLength(1);
  expect(rules.of(incoming("/a")).rules).toHaveLength(0);
});

test("what is named may lie at each origin, with less of its query", () => {
  const rules = [
    rule({ origin: new URL("http://b.test/") }),
    rule({ origin: new URL("http://b.test/"), "key.ignore": ["a"] }),
    rule({ "key.ignore": ["a"] }),
  ];
  const places = furtherPlaces(rules, { origin: new URL("http://a.test/"), ignored: ignoredQuery(["x*"]) });
  expect(places.map(({ origin, ignored }) => [origin.host, [...(ignored?.names ?? [])], ignored?.beginnings])).toEqual([
    ["a.test", ["a"], ["x"]],
    ["b.test", [], ["x"]],
    ["b.test", ["a"], ["x"]],
  ]);
  expect(furtherPlaces([], { origin: new URL("http://a.test/"), ignored: ignoredQuery([]) })).toEqual([]);
});

test("the same seed gives the same numbers, which are spread over all between 0 and 1", () => {
  const draw = (seed: number) => {
    const random = seeded(seed);
    return Array.from({ length: 1000 }, random);
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  for (const tenth of Array.from({ length: 10 }, (_, i) => i / 10)) {
    const there = draw(7).filter((number) => number >= tenth && number < tenth + 0.1).length;
    expect(Math.abs(there - 100)).toBeLessThan(50);
  }
});
