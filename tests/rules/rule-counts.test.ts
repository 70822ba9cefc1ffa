import { describe, expect, test } from "bun:test";
import type { Received } from "../../src/caching/stored.ts";
import { after } from "../../src/http/at-once.ts";
import { ruling } from "../../src/rules/effects.ts";
import { RulesInForce } from "../../src/rules/in-force.ts";
import { matchOf, type WrittenMatch } from "../../src/rules/match.ts";
import { onward } from "../../src/rules/onward.ts";
import type { Rule } from "../../src/rules/rule.ts";
import { RuleCounts } from "../../src/rules/rule-counts.ts";
import { incoming, still } from "./build.ts";

function rulesOf(...all: readonly (readonly [match: WrittenMatch, values: Rule["values"]])[]): readonly Rule[] {
  return all.map(([match, values], i) => ({ place: `rules[${i}]`, match: matchOf(match), values }));
}

/** Rules as a proxy has them, before an origin that answers with a status. */
function started(rules: readonly Rule[], { status = 200, chance = [] as readonly number[] } = {}) {
  const inForce = new RulesInForce(rules);
  let now = 100;
  const counts = new RuleCounts(rules, () => now);
  const world = { ...still(chance), counts };
  const way = onward(inForce, new URL("http://origin.test/"), counts);
  const received: Received = {
    ...{ status, headers: new Headers(), requestTime: 0, responseTime: 0, sentAt: 0, arrivedAt: 0 },
  };
  const handler = ruling(
    inForce,
    world,
  )((asked) => ({ response: { ...way.read(asked, received), status, body: null } }));
  return {
    async ask(path: string, init: RequestInit = {}): Promise<void> {
      await after(handler(incoming(path, init)), (reply) => reply);
    },
    replace(others: readonly Rule[]): void {
      now += 100;
      inForce.replace(others);
      counts.begin(others);
    },
    counts: () => counts.figures().rules.map(({ rule, matches, effects }) => [rule, matches, effects]),
    figures: () => counts.figures(),
  };
}

describe("what is counted", () => {
  test("each rule that is about a request, and of each property the first that has it", async () => {
    const { ask, counts } = started(
      rulesOf(
        [{ path: "/a" }, { delay: { type: "fixed", ms: 1 }, "response.headers": { "x-a": "1", "x-b": "1" } }],
        [{}, { delay: { type: "fixed", ms: 2 }, "response.headers": { "x-b": "2" } }],
        [{ path: "/never" }, { bandwidth: 1 }],
      ),
    );
    for (const path of ["/a", "/a", "/b"]) await ask(path);
    expect(counts()).toEqual([
      ["rules[0]", 2, { delay: 2, "response.headers.x-a": 2, "response.headers.x-b": 2 }],
      ["rules[1]", 3, { delay: 1, "response.headers.x-b": 1 }],
      ["rules[2]", 0, { bandwidth: 0 }],
    ]);
  });

  test("a fault where it struck", async () => {
    const fault = { type: "status", rate: 0.5, status: 503, retryAfter: undefined } as const;
    const { ask, counts } = started(rulesOf([{}, { fault }]), { chance: [0.4, 0.6, 0.1] });
    for (let i = 0; i < 3; i++) await ask("/");
    expect(counts()).toEqual([["rules[0]", 3, { fault: 2 }]]);
  });

  test.each([
    [200, 1],
    [500, 0],
  ])("a lifetime where the origin's answer of status %d was given one", async (status, times) => {
    const { ask, counts } = started(rulesOf([{}, { ttl: 1, staleIfError: 1 }]), { status });
    await ask("/");
    expect(counts()).toEqual([["rules[0]", 1, { ttl: times, staleIfError: times }]]);
  });

  test("what keeps the cache out, unless a lifetime before it wins", async () => {
    const { ask, counts } = started(
      rulesOf([{ path: "/a" }, { ttl: 1 }], [{}, { cache: false }], [{}, { cache: false }]),
    );
    for (const path of ["/a", "/b"]) await ask(path);
    expect(counts()).toEqual([
      ["rules[0]", 1, { ttl: 1 }],
      ["rules[1]", 2, { cache: 1 }],
      ["rules[2]", 2, { cache: 0 }],
    ]);
  });

  test("a preflight for the rule that answers it alone", async () => {
    const cors = {
      ...{ origins: undefined, methods: undefined, headers: undefined, expose: undefined },
      ...{ credentials: false, maxAge: undefined },
    };
    const { ask, counts } = started(rulesOf([{}, { bandwidth: 1 }], [{ method: "PUT" }, { cors }]));
    const headers = { origin: "http://page.test", "access-control-request-method": "PUT" };
    await ask("/", { method: "OPTIONS", headers });
    expect(counts()).toEqual([
      ["rules[0]", 0, { bandwidth: 0 }],
      ["rules[1]", 1, { cors: 1 }],
    ]);
  });

  test("nothing of a purge", async () => {
    const { ask, counts } = started(rulesOf([{}, { bandwidth: 1 }]));
    await ask("/", { method: "PURGE" });
    expect(counts()).toEqual([["rules[0]", 0, { bandwidth: 0 }]]);
  });
});

test("others begin anew, under another version; the same rules have the same", async () => {
  const rules = () => rulesOf([{ path: "/a" }, { bandwidth: 1 }]);
  const { ask, replace, figures } = started(rules());
  await ask("/a");
  const { version } = figures();
  replace(rulesOf([{ path: "/a" }, { bandwidth: 2 }]));
  expect(figures()).toMatchObject({ since: 200, rules: [{ matches: 0 }] });
  expect(figures().version).not.toBe(version);
  await ask("/a");
  replace(rules());
  expect(figures()).toMatchObject({ version, since: 300, rules: [{ matches: 0 }] });
});

test("who is on his way by rules of before is counted nowhere", () => {
  const [first, second] = [rulesOf([{}, { bandwidth: 1 }]), rulesOf([{}, { bandwidth: 2 }])];
  const inForce = new RulesInForce(first);
  const counts = new RuleCounts(first, () => 0);
  const early = inForce.of(incoming("/"));
  inForce.replace(second);
  counts.begin(second);
  counts.met(early);
  counts.took(early, "bandwidth");
  expect(counts.figures().rules).toMatchObject([{ matches: 0, effects: { bandwidth: 0 } }]);
});

test.each([
  [{}, "*"],
  [{ path: "/a/:id" }, "/a/:id"],
  [{ path: "/a", method: "POST" }, "POST /a"],
  [{ method: "POST" }, "POST"],
  [{ path: "/a", method: ["PUT", "POST"] }, '{"path":"/a","method":["PUT","POST"]}'],
  [
    { path: "/a", host: "*.localhost", headers: { accept: "*", authorization: "Bearer s3cret" } },
    '{"path":"/a","host":"*.localhost","headers":{"accept":"*","authorization":"***"}}',
  ],
])("%j is shown as %s", (match, text) => {
  expect(matchOf(match).text).toBe(text);
});
