import { describe, expect, test } from "bun:test";
import { stripVTControlCharacters } from "node:util";
import { renderExplanation } from "../../src/commands/explain-report.ts";
import { drawTree } from "../../src/commands/tree.ts";

const freshness = {
  ...{ lifetimeSeconds: 60, ageSeconds: 12, remainingSeconds: 48, says: "the response said max-age" },
  staleIfError: { seconds: 30, leftSeconds: 30 },
};
const variant = {
  ...{
    method: "GET",
    status: 200,
    publicOrigin: "http://p",
    tier: "memory",
    selected: true,
    fit: "selected",
    freshness,
  },
  fields: [
    { name: "accept", stored: "a", asked: "a", matches: true },
    { name: "cookie", stored: "***", asked: null, matches: false },
  ],
};
const rules = [
  { rule: "something-is-stored", section: "RFC 9111 §4", input: "1 response", answer: "yes" },
  { rule: "within-stale-while-revalidate", section: "RFC 5861 §3", input: "in\u001b[2Jput", answer: "no" },
];
const answer = {
  ...{ method: "GET", url: "http://p/a?b=1", headers: [["accept", "a"]], worker: 1 },
  ...{ verdict: { type: "fresh" }, because: "it is fresh", rules, stored: [variant], changes: ["send less"] },
  key: { key: "/base/a?b=1", asked: "/a?b=1&_t=1#x", basePath: "/base", droppedFragment: "#x", ignored: ["_t=1"] },
  nearest: [
    { key: "/a?b=2", differs: [{ name: "b", asked: "1", stored: "2" }], verdict: { type: "fresh" } },
    { key: "/a", differs: [{ name: "b", asked: "1", stored: null }], verdict: { type: "forward" } },
  ],
  recent: { seen: 3, misses: 2, notStored: { says: "it said `no-store`", section: "RFC 9111 §5.2.2.5", times: 2 } },
  storing: { answer: "no", rules: [{ ...rules[1], change: "say more" }] },
  others: [{ worker: 2, verdict: { type: "validate", fwd: "stale", detail: "expired" }, because: "it is stale" }],
};

test("a tree of all that there is to say", () => {
  expect(renderExplanation(answer, false)).toBe(
    `GET http://p/a?b=1  HIT
  accept: a
it is fresh (worker 1)
├─ key /base/a?b=1
│  ├─ asked for as /a?b=1&_t=1#x
│  ├─ /base in front: the origin's base path
│  ├─ without _t=1: --ignore-query or a rule
│  └─ without #x: no client sends a fragment
├─ stored: 1 response
│  └─ GET 200, selected
│     ├─ 12s old, fresh for 1m0s: 48s left
│     ├─ the response said max-age
│     ├─ stale-if-error: 30s, 30s of it left
│     ├─ ✓ accept: a
│     ├─ ✗ cookie: stored for ***, asked with absent
│     └─ asked for as http://p, lies in memory
├─ rules that were asked
│  ├─ ✓ RFC 9111 §4  something is stored: 1 response
│  └─ ✗ RFC 5861 §3  within stale-while-revalidate: in[2Jput
├─ an answer to this request as the one that is stored would not be stored
│  ├─ ✗ RFC 5861 §3  within stale-while-revalidate: in[2Jput
│  └─ say more
├─ nearest stored keys
│  ├─ /a?b=2  differs in b (2 is stored): would be a hit
│  └─ /a  differs in b (absent is stored): no hit either
├─ the last 3 of this path: 2 with nothing stored
│  └─ not stored, 2 times: it said \`no-store\` (RFC 9111 §5.2.2.5)
├─ worker 2: validated (stale, expired)
│  └─ it is stale
└─ what would change it
   └─ send less
`,
  );
});

test("colours say the same", () => {
  const coloured = renderExplanation(answer, true);
  expect(coloured).toContain("\u001b[32mHIT");
  expect(stripVTControlCharacters(coloured)).toBe(renderExplanation(answer, false));
});

describe("the headline", () => {
  test.each([
    [{ type: "stale" }, "STALE"],
    [{ type: "complete", fwd: "partial" }, "MISS (partial: what is lacking is fetched)"],
    [{ type: "bypass", fwd: "method" }, "BYPASS (method)"],
    [{ type: "gateway-timeout" }, "504 (only-if-cached)"],
    [{ type: "forward", fwd: "uri-miss" }, "MISS (uri-miss)"],
  ])("%j", (verdict, word) => {
    expect(renderExplanation({ ...answer, verdict }, false).split("\n", 1)[0]).toBe(`GET http://p/a?b=1  ${word}`);
  });
});

test("an answer that lacks everything is no reason to fail", () => {
  expect(renderExplanation({}, false)).toContain("stored: nothing");
});

test("a tree", () => {
  const branches = [{ text: "a", branches: [{ text: "b", branches: [{ text: "c" }] }, { text: "d" }] }, { text: "e" }];
  expect(drawTree(branches)).toEqual(["├─ a", "│  ├─ b", "│  │  └─ c", "│  └─ d", "└─ e"]);
});
