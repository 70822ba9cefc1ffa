import { expect, test } from "bun:test";
import { renderReport, renderRules, rulesList, rulesReport } from "../../src/commands/rules-report.ts";
import { checkConfig } from "../../src/config/check-config.ts";
import type { ConfigFile } from "../../src/config/file.ts";
import { serveFlags } from "../../src/config/flags.ts";
import type { WrittenRule } from "../../src/config/written.ts";

function fileOf(rules: readonly WrittenRule[]): ConfigFile {
  const content = { adminToken: "s3cret", rules };
  const checked = checkConfig(serveFlags, content, "c.ts");
  if (!checked.ok) throw new Error(checked.message);
  return { ...checked.value, path: "/c.ts", name: "c.ts", text: "", content };
}

const file = fileOf([
  { match: "/a/*", ttl: "5m", request: { headers: { Cookie: null, Authorization: "Bearer s3cret" } } },
  { match: { path: "/a/1", method: "POST" }, delay: "1s", scenario: "slow" },
  { ttl: "1m", delay: { min: "1s", max: "2s" }, response: { headers: { "X-A": "1" } } },
]);

const reported = (path: string, method = "GET", scenario?: string) =>
  rulesReport(file, {
    method,
    url: new URL(path, "http://localhost"),
    headers: new Headers(),
    ...(scenario === undefined ? {} : { scenario }),
  });

test("each property with its value as it was written and the rule that it comes from", () => {
  expect(renderReport(reported("/a/1"), false)).toBe(
    [
      "GET http://localhost/a/1",
      "  ttl                            5m                       rules[0] (before rules[2])",
      "  request.headers.cookie         taken away               rules[0]",
      "  request.headers.authorization  ***                      rules[0]",
      '  delay                          {"min":"1s","max":"2s"}  rules[2]',
      "  response.headers.x-a           1                        rules[2]",
      "",
    ].join("\n"),
  );
});

test("a scenario has to be switched on, and a method to be asked by", () => {
  const delay = (report: ReturnType<typeof reported>) => report.properties.find(({ property }) => property === "delay");
  expect(delay(reported("/a/1", "POST"))).toMatchObject({ rule: "rules[2]" });
  expect(delay(reported("/a/1", "POST", "slow"))).toMatchObject({ rule: "rules[1]", value: "1s", also: ["rules[2]"] });
});

test("what no rule is about", () => {
  expect(
    renderReport(
      rulesReport(fileOf([{ match: "/b" }]), { method: "GET", url: new URL("http://h/a"), headers: new Headers() }),
      false,
    ),
  ).toBe("no rule of c.ts is about GET http://h/a\n");
});

test("all rules, one a line", () => {
  expect(renderRules(rulesList(file))).toBe(
    [
      "  rules[0]  /a/*                             ttl, request.headers.cookie, request.headers.authorization",
      '  rules[1]  {"path":"/a/1","method":"POST"}  scenario slow, delay',
      "  rules[2]  *                                ttl, delay, response.headers.x-a",
      "",
    ].join("\n"),
  );
  expect(renderRules(rulesList(fileOf([])))).toBe("c.ts has no rules\n");
  expect(JSON.stringify(rulesList(file))).not.toContain("s3cret");
});
