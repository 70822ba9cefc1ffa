import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type DiffLine, diffLines, laidOut, pairFields } from "../../src/page/entries-diff.ts";

const MARKS = { same: " ", stored: "-", live: "+" } as const;

function drawn(lines: readonly DiffLine[]): string[] {
  return lines.map((line) => (line.type === "left-out" ? `… ${line.count}` : MARKS[line.type] + line.text));
}

const ten = Array.from({ length: 10 }, (_, i) => String(i));

describe("what differs between two bodies", () => {
  test.each<[string, string, string, string[]]>([
    ["nothing", "a\nb", "a\nb", []],
    ["a line", "a\nb\nc", "a\nB\nc", [" a", "-b", "+B", " c"]],
    ["JSON that is laid out otherwise", '{"a":1,"b":[1,2]}', '{ "a": 1,\n"b": [1, 2] }', []],
    ["JSON", '{"a":1,"b":2}', '{"a":1,"b":3}', [" {", ' "a": 1,'.replace(" ", "   "), '-  "b": 2', '+  "b": 3', " }"]],
    [
      "a number that JavaScript has not",
      "[12345678901234567890]",
      "[12345678901234567891]",
      [" [", "-  12345678901234567890", "+  12345678901234567891", " ]"],
    ],
    ["line ends", "a\r\nb", "a\nb", []],
    [
      "with the lines around it",
      ten.join("\n"),
      [...ten.slice(0, 9), "x"].join("\n"),
      ["… 6", " 6", " 7", " 8", "-9", "+x"],
    ],
    ["at the beginning", ten.join("\n"), ["x", ...ten].join("\n"), ["+x", " 0", " 1", " 2", "… 7"]],
  ])("%s", (_, stored, live, expected) => {
    expect(drawn(diffLines(stored, live))).toEqual(expected);
  });

  test("each side can be read from it, however much differs", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lines, lines, (left, right) => {
        const diff = diffLines(left.join("\n"), right.join("\n"));
        const side = (name: "stored" | "live") =>
          diff.flatMap((line) => (line.type === "same" || line.type === name ? line.text : []));
        if (diff.length === 0) return expect(left).toEqual(right);
        if (diff.some(({ type }) => type === "left-out")) return;
        expect([side("stored"), side("live")]).toEqual([left, right]);
      }),
    );
  });

  test("what has nothing in common is shown one after the other", () => {
    const text = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word} ${i}`).join("\n");
    const diff = diffLines(text("a"), text("b"));
    expect([diff[0], diff[3000], diff.length]).toEqual([
      { type: "stored", text: "a 0" },
      { type: "live", text: "b 0" },
      6000,
    ]);
  });
});

test("fields of two responses by their names, those that are repeated as one", () => {
  const stored = [
    ["Age", "1"],
    ["vary", "a"],
    ["Vary", "b"],
    ["etag", '"1"'],
  ] as const;
  expect(
    pairFields(stored, [
      ["VARY", "a, b"],
      ["etag", '"2"'],
    ]),
  ).toEqual([
    { name: "age", stored: "1", live: undefined },
    { name: "etag", stored: '"1"', live: '"2"' },
    { name: "vary", stored: "a, b", live: "a, b" },
  ]);
});

test("JSON is laid out as JSON.stringify does it", () => {
  fc.assert(
    fc.property(fc.json(), (json) => expect(laidOut(json)).toBe(JSON.stringify(JSON.parse(json), undefined, 2))),
  );
});

test.each(["", "{", "plain [text]", "<a>{}</a>"])("%j is not laid out", (text) => {
  expect(laidOut(text)).toBe(text);
});
