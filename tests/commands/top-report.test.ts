import { describe, expect, test } from "bun:test";
import { stripVTControlCharacters } from "node:util";
import { type Paper, renderTop, type Sort, type TopSummary } from "../../src/commands/top-report.ts";
import type { PathTotal } from "../../src/observe/path-totals.ts";

const ENDLESS: Paper = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY, coloured: false };

function total(path: string, but: Partial<PathTotal> = {}): PathTotal {
  return { method: "GET", path, requests: 1, misses: 0, errors: 0, bytes: 0, totalMs: 1, maxMs: 1, ...but };
}

function summary(paths: readonly PathTotal[], but: Partial<TopSummary> = {}): TopSummary {
  return { title: "port 3000", paths, dropped: 0, sort: "requests", ...but };
}

test("a table", () => {
  const paths = [
    total("/users", { requests: 1234, misses: 12, bytes: 5 * 1024 * 1024, totalMs: 1234 * 2.5, maxMs: 123_456 }),
    total("/users", { method: "POST", requests: 2, errors: 2, bytes: 12, totalMs: 300, maxMs: 200 }),
  ];
  expect(renderTop(summary(paths), ENDLESS)).toEqual([
    "port 3000",
    "1,236 requests to 2 paths, 12 misses, 2 errors, 5 mb",
    "",
    "*REQUESTS  MISSES ERRORS      BYTES    MEAN     MAX  PATH",
    "    1,234      12      0       5 mb   2.5ms    123s  /users",
    "        2       0      2   12 bytes   150ms   200ms  POST /users",
  ]);
});

test("one is one", () => {
  expect(renderTop(summary([total("/")]), ENDLESS)[1]).toStartWith("1 request to 1 path, ");
});

test.each<[Sort, string, string]>([
  ["requests", "/often", "*REQUESTS"],
  ["misses", "/missed", "*MISSES"],
  ["bytes", "/large", "*BYTES"],
  ["slow", "/slow", "*MEAN"],
])("by %s: %s comes first", (sort, first, heading) => {
  const paths = [
    total("/small"),
    total("/often", { requests: 9, totalMs: 9 }),
    total("/missed", { misses: 1 }),
    total("/large", { bytes: 1 }),
    total("/slow", { totalMs: 2 }),
  ];
  const lines = renderTop(summary(paths, { sort }), ENDLESS);
  expect(lines[3]).toContain(heading);
  expect(lines[4]).toEndWith(`  ${first}`);
});

test("where exchanges passed unseen, the share that was seen", () => {
  const paths = [total("/", { requests: 999 })];
  expect(renderTop(summary(paths, { dropped: 2001 }), ENDLESS)[1]).toEndWith(
    "; only 33.3 % were seen, 2,001 passed too fast",
  );
  expect(renderTop(summary([], { dropped: 5 }), ENDLESS)[1]).toEndWith("; only 0 % were seen, 5 passed too fast");
});

describe("on a terminal", () => {
  const paths = Array.from({ length: 100 }, (_, i) => total(`/${"long".repeat(30)}/${i}`));

  test.each([
    [80, 24],
    [20, 5],
    [1, 1],
  ])("of %d columns and %d rows nothing is wider or longer", (columns, rows) => {
    const lines = renderTop(summary(paths), { columns, rows, coloured: true });
    expect(lines.length).toBeLessThanOrEqual(Math.max(4, rows));
    for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
  });

  test("what is cut is seen to be", () => {
    const [, , , , row] = renderTop(summary(paths), { columns: 70, rows: 24, coloured: false });
    expect(row).toHaveLength(70);
    expect(row).toEndWith(" /longlonglonglon>");
  });

  test("nothing in a path or method steers it", () => {
    const nasty = [total("/\x1b[2J\u202e", { method: "G\nET" })];
    const lines = renderTop(summary(nasty, { title: "\x1b]0;x\x07" }), ENDLESS);
    for (const line of lines) expect(line).toMatch(/^[ -~]*$/);
  });
});
