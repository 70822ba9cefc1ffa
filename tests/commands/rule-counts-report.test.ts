import { expect, test } from "bun:test";
import { renderCounts } from "../../src/commands/rule-counts-report.ts";

test("one line a rule: how often it was about a request, and what took effect less often than that", () => {
  const rules = [
    {
      ...{ rule: "rules[0]", match: "GET /products/:id", properties: ["ttl", "fault"], matches: 1200 },
      effects: { ttl: 1200, fault: 13 },
    },
    { rule: "rules[1]", match: "*", scenario: "slow", properties: ["delay"], matches: 0, effects: { delay: 0 } },
    { rule: "rules[2]", match: "/a", properties: ["ttl"], matches: 1, effects: { ttl: 0 } },
  ];
  const since = new Date(2026, 0, 2, 3, 4, 5).getTime();
  expect(renderCounts({ since, rules, neverMatched: ["rules[1]"] })).toBe(
    [
      "counted since 2026-01-02 03:04:05",
      "  rules[0]  GET /products/:id  1,200 requests  ttl, fault (13)",
      "  rules[1]  *                  never           scenario slow, delay",
      "  rules[2]  /a                 1 request       ttl (never)",
      "1 rule was about no request yet",
      "",
    ].join("\n"),
  );
});

test("a proxy without rules says so", () => {
  expect(renderCounts({ since: null, rules: [], neverMatched: [] })).toBe("the proxy was started without rules\n");
});
