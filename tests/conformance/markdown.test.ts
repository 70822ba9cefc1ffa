import { describe, expect, test } from "bun:test";
import {
  failures,
  longTable,
  onlyOlder,
  partOf,
  questions,
  shortTable,
  totalsLine,
  withPart,
} from "../../bench/conformance/markdown.ts";
import { entry } from "./build.ts";

const passing = [entry("a"), entry("b", { kind: "optimal" }), entry("c", { kind: "check", outcome: "yes" })];
const failing = [
  entry("a", { outcome: "dependency_fail" }),
  entry("b", { kind: "optimal", outcome: "optional_fail", reported: false }),
  entry("c", { kind: "check", outcome: "no", reported: false }),
];
const published = {
  date: "2025-12-29",
  peers: [
    { name: "Squid", version: "6.13", entries: failing },
    { name: "Fastly", version: "2025-12-29", entries: failing },
  ],
};
const ours = { date: "2026-11-23", version: "0.1.0", entries: passing };

describe("the tables of results", () => {
  test("the short one has us and the peers, each with its date", () => {
    expect(shortTable(published, ours).split("\n")).toEqual([
      "|  | required, of 1 | optimal, of 1 | date |",
      "| --- | --- | --- | --- |",
      "| **caching-proxy** | **1** | **1** | 2026-11-23 |",
      "| Squid 6.13 | 1 | 0 | 2025-12-29 |",
      "| Fastly | 1 | 0 | 2025-12-29 |",
    ]);
  });

  test("the long one counts in both ways, and what the peers come to together", () => {
    expect(longTable(published, ours).split("\n").slice(2)).toEqual([
      "| **caching-proxy 0.1.0** | 1 | 1 | 1 | 1 | 1 |",
      "| Squid 6.13 | 1 | 0 | 0 | 0 | 0 |",
      "| Fastly | 1 | 0 | 0 | 0 | 0 |",
      "| at least one of the 2 | 1 | 0 |  |  |  |",
    ]);
    expect(longTable(published, undefined)).not.toContain("caching-proxy");
  });

  test("one line sums up a run", () => {
    expect(totalsLine({ ...ours, entries: failing })).toBe(
      "0 of 1 required, 0 of 1 optimal, 0 of 1 questions answered with yes (2026-11-23).",
    );
  });
});

describe("the table of failures", () => {
  test("is by reason and says which are required", () => {
    const known = { d: "Bun cannot do it.", e: "Bun cannot do it.", f: "Not a | yet." };
    const entries = [
      ...passing,
      entry("d", { kind: "optimal", outcome: "optional_fail" }),
      entry("e", { outcome: "fail" }),
      entry("f", { outcome: "fail" }),
      entry("g", { kind: "check", outcome: "no" }),
    ];
    expect(failures(entries, known).split("\n").slice(2)).toEqual([
      "| `d`, `e` (required) | Bun cannot do it. |",
      "| `f` (required) | Not a \\| yet. |",
    ]);
  });

  test("is refused where a reason is missing", () => {
    expect(() => failures([entry("a", { outcome: "fail" })], {})).toThrow("a fails and is not listed");
  });
});

describe("the table of questions", () => {
  const asked = [
    entry("a"),
    entry("c", { kind: "check", outcome: "yes", chapter: "First", name: "Does it `x`?" }),
    entry("d", { kind: "check", outcome: "no", chapter: "Second", name: "And this?" }),
  ];
  const answers = { c: { answer: "yes", why: "RFC 9111 §4." }, d: { answer: "no", why: "RFC 9111 §5." } } as const;

  test("has a row for each, by chapter, with how many peers say yes", () => {
    expect(questions(asked, new Set("acd"), answers, [{ name: "x", version: "1", entries: passing }])).toBe(
      [
        "### First",
        "",
        "| test | question | we | others: yes | why |",
        "| --- | --- | --- | --- | --- |",
        "| `c` | Does it `x`? | **yes** | 1 of 1 | RFC 9111 §4. |",
        "",
        "### Second",
        "",
        "| test | question | we | others: yes | why |",
        "| --- | --- | --- | --- | --- |",
        "| `d` | And this? | **no** | 0 of 1 | RFC 9111 §5. |",
      ].join("\n"),
    );
  });

  test("has those alone that are wanted, and without peers no column for them", () => {
    expect(questions(asked, new Set("d"), answers, [])).toBe(
      "### Second\n\n| test | question | we | why |\n| --- | --- | --- | --- |\n| `d` | And this? | **no** | RFC 9111 §5. |",
    );
  });

  test("is refused where an answer is missing or another", () => {
    expect(() => questions(asked, new Set("cd"), { c: answers.c }, [])).toThrow("d was answered otherwise");
    expect(() => questions(asked, new Set("cd"), { c: answers.d, d: answers.d }, [])).toThrow(
      "c was answered otherwise",
    );
  });

  test("of the older generation has what it asks besides or what is answered otherwise", () => {
    const older = { c: answers.c, d: { ...answers.d, why: "Asked otherwise." }, e: answers.c };
    expect([...onlyOlder(older, answers)]).toEqual(["d", "e"]);
  });
});

describe("a part of a document", () => {
  const document =
    "before\n<!-- one: by a script -->\n\nold\n\n<!-- /one -->\nafter\n<!-- two: by it -->\n\n<!-- /two -->\n";

  test("is replaced, and nothing else", () => {
    const changed = withPart(document, "one", "$1 & new");
    expect(changed).toBe(document.replace("old", () => "$1 & new"));
    expect(partOf(changed, "one")).toBe("$1 & new");
    expect(partOf(withPart(document, "two", "x"), "two")).toBe("x");
    expect(withPart(changed, "one", "$1 & new")).toBe(changed);
  });

  test("that is not there is an error", () => {
    expect(() => withPart(document, "three", "x")).toThrow('no part "three"');
    expect(() => partOf(document, "three")).toThrow('no part "three"');
  });
});
