import { describe, expect, test } from "bun:test";
import { type Answers, answerOf, holdAnswers, updatedAnswers } from "../../bench/conformance/answers.ts";
import { report } from "../../bench/conformance/report.ts";
import { judge, type RawResult, todoReason } from "../../bench/conformance/verdict.ts";
import { suiteTest } from "./build.ts";

const tests = [
  suiteTest("must"),
  suiteTest("one", { kind: "check" }),
  suiteTest("two", { kind: "check" }),
  suiteTest("three", { kind: "check", dependsOn: ["two"] }),
];
const results = new Map<string, RawResult>([
  ["must", true],
  ["one", true],
  ["two", ["Assertion", "Response 2 comes from cache"]],
  ["three", true],
]);
const answers: Answers = {
  one: { answer: "yes", why: "RFC 9111 §4." },
  two: { answer: "no", why: "RFC 9111 §5." },
  three: { answer: "not applicable", why: "It presupposes two." },
};
const verdict = judge(tests, results, {});

describe("the answer to a question", () => {
  test.each([
    ["yes", "yes"],
    ["no", "no"],
    ["dependency_fail", "not applicable"],
    ["setup_fail", "not applicable"],
    ["harness_fail", undefined],
    ["retry", undefined],
    ["untested", undefined],
  ] as const)("%s is %p", (outcome, answer) => {
    expect(answerOf(outcome)).toBe(answer);
  });
});

describe("answers held against those that are recorded", () => {
  test("count as expected where they are the same", () => {
    const held = holdAnswers(verdict, answers);
    expect(held.problems).toEqual([]);
    expect(held.asExpected).toBe(4);
    expect(report(held)).toContain("check    1/3 yes, 3 of 3 answers as recorded");
    expect(report(held).at(-1)).toBe("4 passed, 0 failed");
  });

  test("fail the run where they differ, and say what the suite said", () => {
    const held = holdAnswers(verdict, { ...answers, two: { answer: "yes", why: "RFC 9111 §5." } });
    expect(held.problems.map(({ id }) => id)).toEqual(["two"]);
    expect(held.problems[0]?.text).toContain('"no", recorded is "yes"');
    expect(held.problems[0]?.text).toContain("Response 2 comes from cache");
    expect(held.asExpected).toBe(3);
    expect(report(held).at(-1)).toBe("3 passed, 1 failed");
  });

  test("fail the run where a run says nothing", () => {
    const unanswered = judge(tests, new Map(results).set("one", ["AbortError", "aborted"]), {});
    expect(holdAnswers(unanswered, answers).problems.map(({ id }) => id)).toEqual(["one"]);
  });

  test.each(["", " ", todoReason, "TODO"])("fail the run where the reason is %p", (why) => {
    expect(holdAnswers(verdict, { ...answers, one: { answer: "yes", why } }).problems.map(({ id }) => id)).toEqual([
      "one",
    ]);
  });

  test("fail the run where none is recorded, and where the suite has no such question", () => {
    const { one, ...others } = answers;
    const held = holdAnswers(verdict, { ...others, must: { answer: "yes", why: "It is no question." } });
    expect(one).toBeDefined();
    expect(held.problems.map(({ id }) => id)).toEqual(["one", "must"]);
  });

  test("are joined to what is wrong with the other tests", () => {
    const failing = judge(tests, new Map(results).set("must", ["Assertion", "no"]), {});
    const held = holdAnswers(failing, { ...answers, one: { answer: "no", why: "RFC 9111 §4." } });
    expect(held.problems.map(({ id }) => id)).toEqual(["must", "one"]);
  });
});

test("says which answers would hold, and keeps the old reason for the person who writes the new one", () => {
  const updated = updatedAnswers(verdict.entries, {
    one: { answer: "no", why: "It was so." },
    two: { answer: "no", why: "RFC 9111 §5." },
    gone: { answer: "no", why: "It was renamed." },
  });
  expect(updated).toEqual({
    one: { answer: "yes", why: `${todoReason}; it was: It was so.` },
    two: { answer: "no", why: "RFC 9111 §5." },
    three: { answer: "not applicable", why: todoReason },
  });
  expect(holdAnswers(verdict, updated).problems.map(({ id }) => id)).toEqual(["one", "three"]);
});
