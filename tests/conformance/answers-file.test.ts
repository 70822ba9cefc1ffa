import { describe, expect, test } from "bun:test";
import { answersFile, compact, parseAnswers, readAnswers } from "../../bench/conformance/answers-file.ts";
import { openSuite } from "../../bench/conformance/suite.ts";
import { isExplained } from "../../bench/conformance/verdict.ts";

describe("reading the recorded answers", () => {
  const current = { a: { answer: "yes", why: "RFC 9111 §4." }, b: { answer: "no", why: "RFC 9111 §5." } };

  test("lends the older generation a reason where the answer is the same", () => {
    const lists = parseAnswers({ current, "npm-0.4.5": { a: { answer: "yes" }, c: { answer: "no", why: "Old." } } });
    expect(lists["npm-0.4.5"]).toEqual({
      a: { answer: "yes", why: "RFC 9111 §4." },
      c: { answer: "no", why: "Old." },
    });
  });

  test("prefers a reason of its own", () => {
    const lists = parseAnswers({ current, "npm-0.4.5": { a: { answer: "yes", why: "Asked otherwise." } } });
    expect(lists["npm-0.4.5"].a?.why).toBe("Asked otherwise.");
  });

  test.each([
    ["no reason", { current: { a: { answer: "yes" } } }, "has no reason"],
    ["a reason for another answer", { current, "npm-0.4.5": { b: { answer: "yes" } } }, "has no reason"],
    ["a question that the current one has not", { current, "npm-0.4.5": { c: { answer: "no" } } }, "has no reason"],
    ["no answer", { current: { a: { why: "RFC 9111 §4." } } }, "none of yes, no"],
    ["another answer", { current: { a: { answer: "maybe", why: "Who knows." } } }, "none of yes, no"],
    ["no object", [], "is not a JSON object"],
    ["a list that is none", { current: [] }, "is not an object"],
  ])("refuses %s", (_, content, message) => {
    expect(() => parseAnswers(content)).toThrow(message);
  });

  test("writes what it has read", () => {
    const content = { current, "npm-0.4.5": { a: { answer: "yes" }, b: { answer: "yes", why: "Asked otherwise." } } };
    expect(compact(parseAnswers(content))).toEqual(content);
  });
});

describe("the recorded answers", () => {
  test("are written the way they are kept, each with a reason", async () => {
    const lists = await readAnswers();
    expect(compact(lists)).toEqual(await Bun.file(answersFile).json());
    const all = [...Object.entries(lists.current), ...Object.entries(lists["npm-0.4.5"])];
    expect(all.filter(([, { why }]) => !isExplained(why))).toEqual([]);
  });

  test("are for each question of the suite that is installed, and no other", async () => {
    const { list, generation } = await openSuite(undefined);
    const asked = list.filter(({ kind }) => kind === "check").map(({ id }) => id);
    expect(Object.keys((await readAnswers())[generation]).sort()).toEqual(asked.sort());
  });
});
