import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readAnswers } from "../../bench/conformance/answers-file.ts";
import { readKnown } from "../../bench/conformance/known.ts";
import { onlyOlder, partOf } from "../../bench/conformance/markdown.ts";

/** The pages are written from runs by `bun run conformance:docs`; here they are held against the lists that the runs hold to. */
const again = "Run `bun run conformance:docs` again.";

const root = join(import.meta.dir, "../..");
const [readme, conformance, checkQuestions] = await Promise.all(
  ["README.md", "docs/conformance.md", "docs/check-questions.md"].map((path) => Bun.file(join(root, path)).text()),
);
const [known, answers] = await Promise.all([readKnown(), readAnswers()]);

/** The cells of a table's row, the first one that begins so. */
function row(part: string, begin: string): string[] {
  const line = part.split("\n").find((each) => each.startsWith(begin)) ?? "";
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.replaceAll("*", "").replaceAll("\\|", "|").trim());
}

/** The rows of tables, without their heads. */
function rows(part: string): string[][] {
  const lines = part.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) => row(line, "|"));
}

function numbers(text: string): number[] {
  return [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

describe("the results", () => {
  const short = partOf(readme ?? "", "results");
  const long = partOf(conformance ?? "", "results");
  const [, required, optimal] = row(short, "| **caching-proxy");

  test("are the same in the README and in docs/conformance.md", () => {
    expect(row(long, "| **caching-proxy").slice(1, 3), again).toEqual([required ?? "", optimal ?? ""]);
    expect(partOf(conformance ?? "", "npm-results")).toBe(partOf(readme ?? "", "npm-results"));
    const peers = short.split("\n").slice(3);
    for (const peer of peers) {
      const [name, ...counts] = row(peer, "|");
      expect(row(long, `| ${name} |`).slice(1, 3)).toEqual(counts.slice(0, 2));
    }
    expect(peers).toHaveLength(8);
  });

  test("leave as many tests open as are listed as known failures", () => {
    const [ofRequired = 0, ofOptimal = 0] = numbers(row(short, "|").slice(1, 3).join(" "));
    const open = ofRequired - Number(required) + ofOptimal - Number(optimal);
    expect(open, again).toBe(Object.keys(known.current).length);
    const [pass = 0, all = 0, passOptimal = 0, allOptimal = 0] = numbers(partOf(readme ?? "", "npm-results"));
    expect(all - pass + allOptimal - passOptimal, again).toBe(Object.keys(known["npm-0.4.5"]).length);
  });
});

describe.each([
  ["failures", "current"],
  ["npm-failures", "npm-0.4.5"],
] as const)("the %s", (part, generation) => {
  test("are those on the list, with their reasons", () => {
    const shown = rows(partOf(conformance ?? "", part)).flatMap(([ids = "", reason = ""]) =>
      [...ids.matchAll(/`([^`]+)`/g)].map(([, id = ""]): [string, string] => [id, reason]),
    );
    expect(Object.fromEntries(shown), again).toEqual(known[generation]);
  });
});

describe.each([
  ["questions", "current", answers.current],
  [
    "npm-questions",
    "npm-0.4.5",
    Object.fromEntries(
      [...onlyOlder(answers["npm-0.4.5"], answers.current)].map((id) => [id, answers["npm-0.4.5"][id]]),
    ),
  ],
] as const)("the %s", (part, _, recorded) => {
  test("have the answers and reasons that are recorded", () => {
    const shown = rows(partOf(checkQuestions ?? "", part)).map((cells): [string, unknown] => [
      (cells[0] ?? "").replaceAll("`", ""),
      { answer: cells[2], why: cells.at(-1) },
    ]);
    expect(Object.fromEntries(shown), again).toEqual(recorded);
    expect(shown).toHaveLength(Object.keys(recorded).length);
  });
});
