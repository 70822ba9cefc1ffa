import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Asked, matchOf, type WrittenMatch } from "../../src/rules/match.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { RuleSet } from "../../src/rules/rule-set.ts";

const asked = (path: string, of: Partial<Asked> = {}): Asked => ({
  method: "GET",
  url: new URL(path, "http://localhost:3000"),
  headers: new Headers(),
  ...of,
});

const rules = (...written: readonly (Partial<Omit<Rule, "match" | "place">> & { match?: WrittenMatch })[]): RuleSet =>
  new RuleSet(
    written.map(({ match = {}, values = {}, scenario }, i) => ({
      place: `rules[${i}]`,
      match: matchOf(match),
      values,
      scenario,
    })),
  );

const isMatch = (match: WrittenMatch, of: Asked) => rules({ match }).for(of).rules.length === 1;

describe("what a rule is about", () => {
  test.each<[WrittenMatch, Asked, boolean]>([
    [{}, asked("/x"), true],
    [{ path: "/a/:id" }, asked("/a/1"), true],
    [{ path: "/a/:id" }, asked("/a/1/b"), false],
    [{ path: "/a/*" }, asked("/a/1/b?c"), true],
    [{ path: "/a?x=1&b=*" }, asked("/a?b=2&x=1"), true],
    [{ path: "/a?x=1" }, asked("/a?x=2"), false],
    [{ method: "get" }, asked("/"), true],
    [{ method: ["POST", "PUT"] }, asked("/", { method: "PUT" }), true],
    [{ method: "GET" }, asked("/", { method: "HEAD" }), false],
    [{ host: "LOCALHOST" }, asked("/"), true],
    [{ host: "localhost:3000" }, asked("/"), true],
    [{ host: "localhost:4000" }, asked("/"), false],
    [{ host: "*.localhost" }, asked("http://a.localhost:3000/"), true],
    [{ host: "*.localhost" }, asked("/"), false],
    [{ headers: { "X-A": "1*" } }, asked("/", { headers: new Headers({ "x-a": "12" }) }), true],
    [{ headers: { "X-A": "*" } }, asked("/"), false],
    [{ headers: { a: "1", b: "2" } }, asked("/", { headers: new Headers({ a: "1", b: "3" }) }), false],
  ])("%j and %o: %p", (match, of, expected) => {
    expect(isMatch(match, of)).toBe(expected);
  });

  test("a scenario has to be switched on", () => {
    const set = rules({ scenario: "outage" });
    expect(set.for(asked("/")).rules).toEqual([]);
    expect(set.for(asked("/", { scenario: "other" })).rules).toEqual([]);
    expect(set.for(asked("/", { scenario: "outage" })).rules).toHaveLength(1);
  });
});

test("of each property and of each field the first counts", () => {
  const set = rules(
    { match: { path: "/b" }, values: { ttl: 5 } },
    { match: { path: "/a" }, values: { staleIfError: 1, "request.headers": { a: "1", b: null } } },
    { values: { ttl: 2, staleIfError: 3, "request.headers": { a: "2", c: "3" } } },
  );
  const matched = set.for(asked("/a"));
  expect(matched.first("ttl")).toEqual({ value: 2, place: "rules[2]" });
  expect(matched.first("staleIfError")).toEqual({ value: 1, place: "rules[1]" });
  expect(matched.first("delay")).toBeUndefined();
  expect(matched.fields("request.headers")).toEqual([
    { name: "a", value: "1", place: "rules[1]" },
    { name: "b", value: null, place: "rules[1]" },
    { name: "c", value: "3", place: "rules[2]" },
  ]);
  expect(matched.fields("response.headers")).toEqual([]);
});

test("where the same rules meet they are the same object", () => {
  const set = rules({ match: { path: "/a/*" } });
  expect(set.for(asked("/a/1"))).toBe(set.for(asked("/a/2")));
  expect(set.for(asked("/a/1"))).not.toBe(set.for(asked("/b")));
});

describe("read naively", () => {
  const segment = fc.constantFrom("a", "b");
  const written = fc.record(
    {
      path: fc
        .array(fc.constantFrom("a", "b", ":x"), { minLength: 1, maxLength: 2 })
        .map((of) => `/${of.map((each, i) => (each === ":x" ? `:x${i}` : each)).join("/")}`),
      method: fc.subarray(["GET", "POST"], { minLength: 1 }),
      headers: fc.constantFrom({ x: "1" }, { x: "*" }),
    },
    { requiredKeys: [] },
  );
  const values = fc.record({ ttl: fc.nat(9), staleIfError: fc.nat(9) }, { requiredKeys: [] });
  const request = fc.record({
    path: fc.array(segment, { minLength: 1, maxLength: 2 }),
    method: fc.constantFrom("GET", "POST"),
    x: fc.constantFrom(undefined, "1", "2"),
  });

  test("the first rule that is about the request and has the property decides", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(written, values), { maxLength: 5 }), request, (list, { path, method, x }) => {
        const isAbout = (match: (typeof list)[number][0]): boolean => {
          const segments = match.path?.slice(1).split("/");
          if (segments && segments.length !== path.length) return false;
          if (segments?.some((each, i) => !each.startsWith(":") && each !== path[i])) return false;
          if (match.method && !match.method.includes(method)) return false;
          return match.headers === undefined || (x !== undefined && ["*", x].includes(match.headers.x));
        };
        const of = asked(`/${path.join("/")}`, { method, headers: new Headers(x === undefined ? {} : { x }) });
        const set = rules(...list.map(([match, each]) => ({ match, values: each })));
        for (const property of ["ttl", "staleIfError"] as const) {
          const naive = list.find(([match, each]) => isAbout(match) && each[property] !== undefined);
          // Asked twice: what is remembered has to be the same.
          for (let i = 0; i < 2; i++) expect(set.for(of).first(property)?.value).toBe(naive?.[1][property]);
        }
      }),
    );
  });
});
