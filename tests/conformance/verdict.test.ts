import { describe, expect, test } from "bun:test";
import { report } from "../../bench/conformance/report.ts";
import { readTests } from "../../bench/conformance/suite.ts";
import {
  judge,
  outcomeOf,
  parseResults,
  type RawResult,
  type SuiteTest,
  todoReason,
  updatedKnown,
} from "../../bench/conformance/verdict.ts";
import { suiteTest } from "./build.ts";

const failure: RawResult = ["Assertion", "Response 2 does not come from cache"];

function outcome(tests: readonly SuiteTest[], id: string, results: Record<string, RawResult>): string {
  return outcomeOf(id, new Map(tests.map((each) => [each.id, each])), new Map(Object.entries(results)));
}

describe("the outcome of a test", () => {
  test.each([
    ["required", true, "pass"],
    ["required", failure, "fail"],
    ["optimal", true, "pass"],
    ["optimal", failure, "optional_fail"],
    ["check", true, "yes"],
    ["check", failure, "no"],
    ["required", ["Setup", "Response 1 status is 500, not 200"], "setup_fail"],
    ["check", ["Setup", "retry"], "retry"],
    ["check", ["AbortError", "This operation was aborted"], "harness_fail"],
    ["required", ["TypeError", "fetch failed"], "fail"],
    ["required", false, "harness_fail"],
  ] as const)("%s with %p is %s", (kind, result, expected) => {
    expect(outcome([suiteTest("a", { kind })], "a", { a: result })).toBe(expected);
  });

  test("is untested when the suite reported nothing", () => {
    expect(outcome([suiteTest("a")], "a", {})).toBe("untested");
  });

  test("does not count when something it depends on did not pass, however far away", () => {
    const tests = [
      suiteTest("a"),
      suiteTest("b", { kind: "check", dependsOn: ["a"] }),
      suiteTest("c", { dependsOn: ["b"] }),
    ];
    expect(outcome(tests, "c", { a: true, b: true, c: true })).toBe("pass");
    expect(outcome(tests, "c", { a: failure, b: true, c: true })).toBe("dependency_fail");
    expect(outcome(tests, "c", { b: true, c: true })).toBe("dependency_fail");
  });
});

describe("the verdict", () => {
  const tests = [suiteTest("good"), suiteTest("bad", { kind: "optimal" }), suiteTest("maybe", { kind: "check" })];
  const results = new Map<string, RawResult>([
    ["good", true],
    ["bad", failure],
    ["maybe", failure],
  ]);

  test("fails for a failure that is not listed, and says what the suite said", () => {
    const { problems, asExpected } = judge(tests, results, {});
    expect(problems.map(({ id }) => id)).toEqual(["bad"]);
    expect(problems[0]?.text).toContain("Response 2 does not come from cache");
    expect(asExpected).toBe(1);
  });

  test("holds when each failure is listed, and still tells the real totals", () => {
    const verdict = judge(tests, results, { bad: "Bun cannot do it." });
    expect(verdict.problems).toEqual([]);
    expect(verdict.asExpected).toBe(2);
    expect(verdict.totals.optimal).toEqual({ passed: 0, total: 1, known: 1 });
    const lines = report(verdict);
    expect(lines.at(-1)).toBe("2 passed, 0 failed");
    expect(lines.join("\n")).toContain("Bun cannot do it.\n    bad");
    expect(lines.filter((line) => /^\d+ passed, \d+ failed$/.test(line))).toHaveLength(1);
  });

  test.each([
    ["passes", "good", "Not true any more."],
    ["is not in the suite", "gone", "It was renamed."],
    ["is only a check", "maybe", "Checks are not gated."],
  ])("fails for a listed test that %s", (_, id, reason) => {
    const { problems } = judge(tests, results, { bad: "Bun cannot do it.", [id]: reason });
    expect(problems.map((problem) => problem.id)).toEqual([id]);
  });

  test.each([todoReason, "", "TODO"])("fails for the reason %p", (reason) => {
    expect(judge(tests, results, { bad: reason }).problems).toHaveLength(1);
  });

  test("says which list would hold", () => {
    const { entries } = judge(tests, results, { good: "Old.", gone: "Renamed." });
    expect(updatedKnown(entries)).toEqual({ bad: todoReason });
    expect(updatedKnown(judge(tests, results, { bad: "Kept." }).entries)).toEqual({ bad: "Kept." });
  });
});

describe("reading what the client printed", () => {
  test("finds the results among stray lines", () => {
    const printed = `ERROR: { odd }\n${JSON.stringify({ a: true, b: ["Setup", "}\n{"], c: ["X"] }, null, 2)}\nbye\n`;
    expect(parseResults(printed)).toEqual(
      new Map<string, RawResult>([
        ["a", true],
        ["b", ["Setup", "}\n{"]],
        ["c", ["X", ""]],
      ]),
    );
  });

  test.each(["", "Running undefined\n", "{\n  cut"])("finds none in %p", (printed) => {
    expect(parseResults(printed)).toBeUndefined();
  });
});

describe("reading the suite's tests", () => {
  test("takes a test without a kind as required and leaves out what only browsers run", () => {
    const group = {
      id: "g",
      tests: [
        { id: "a", name: "A" },
        { id: "b", kind: "check", depends_on: ["a"] },
        { id: "c", browser_only: true },
      ],
    };
    expect(readTests([group]).map(({ id, kind, dependsOn }) => [id, kind, dependsOn])).toEqual([
      ["a", "required", []],
      ["b", "check", ["a"]],
    ]);
  });

  test("refuses a kind it does not know", () => {
    expect(() => readTests([{ id: "g", tests: [{ id: "a", kind: "new" }] }])).toThrow('of the kind "new"');
  });
});
