import { describe, expect, test } from "bun:test";
import { stripVTControlCharacters } from "node:util";
import { formatSpan, renderEntries } from "../../src/commands/entries-report.ts";
import { renderEntry } from "../../src/commands/entry-report.ts";

const origin = "http://api.example/base";
const entry = {
  ...{ url: `${origin}/products/1`, method: "GET", status: 200, state: "fresh", ageSeconds: 75, ttlSeconds: 3700 },
  ...{ bytes: 2048, bodyBytes: 1000, hits: 1234, tags: ["blue", "a\u001b[2Jb"], publicOrigin: "http://localhost:3000" },
  selecting: { "accept-encoding": "gzip", accept: null },
};
const stale = {
  ...{
    url: `${origin}/q?x=1`,
    method: "QUERY",
    status: 206,
    state: "stale",
    ageSeconds: 100_000,
    ttlSeconds: -5,
    bytes: 10,
  },
  ...{ part: "bytes 0-3/9", noVarySearch: 'params=("utm")', query: "d", noCache: true, selecting: {}, tags: [] },
};
const answer = { origin, entries: [entry, stale], scanned: 2, complete: true };
const PLAIN = { columns: undefined, coloured: false };

test("a table", () => {
  expect(renderEntries(answer, PLAIN)).toBe(
    `${[
      "STATUS      SIZE    AGE  FRESH FOR   HITS  URL",
      "   200      2 kb  1m15s       1h1m  1,234  /products/1  [accept-encoding: gzip, no accept, #blue, #a[2Jb]",
      '   206  10 bytes   1d3h      stale      -  /q?x=1  [QUERY, no-cache, bytes 0-3/9, No-Vary-Search: params=("utm")]',
    ].join("\n")}\n`,
  );
});

test("with workers, it says whose an entry is", () => {
  const lines = renderEntries({ ...answer, entries: [{ ...entry, worker: 2 }] }, PLAIN).split("\n");
  expect(lines[0]).toEndWith("HITS  WORKER  URL");
  expect(lines[1]).toContain("1,234       2  /products/1");
});

describe("on a terminal", () => {
  test.each([62, 80, 100])("of %d columns no line is longer, and the end of a URL stays", (columns) => {
    const long = { ...entry, url: `${origin}/${"x".repeat(300)}/end`, selecting: {}, tags: [] };
    const lines = renderEntries({ ...answer, entries: [long] }, { columns, coloured: false })
      .trimEnd()
      .split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBe(columns);
    expect(lines[1]).toMatch(/ {2}\/x+…x*\/end$/);
  });

  test("a narrow one breaks lines rather than hide the URL", () => {
    expect(renderEntries(answer, { columns: 10, coloured: false })).toContain("/products/1");
  });

  test("colours say the same", () => {
    const coloured = renderEntries(answer, { columns: 200, coloured: true });
    expect(coloured).toContain("\u001b[33m");
    expect(stripVTControlCharacters(coloured)).toBe(renderEntries(answer, PLAIN));
  });
});

describe("what a reader has to know besides", () => {
  test.each([
    [{ ...answer, next: "CURSOR" }, "there is more: --limit shows more at once, --cursor CURSOR goes on from here\n"],
    [{ ...answer, complete: false, scanned: 40_000 }, "time was up after 40,000 URLs"],
    [{ origin, entries: [], complete: true }, "nothing of that is stored\n"],
    [
      { origin, entries: [], complete: false, scanned: 5 },
      "nothing of that was found in time\ntime was up after 5 URLs",
    ],
    [{ origin, entries: [], complete: true, next: "C" }, "--cursor C"],
    [{ ...answer, unlisted: "memcached" }, "what lies in memcached alone cannot be listed; a whole URL is"],
    [
      { origin, entries: [], complete: true, unlisted: "memcached" },
      "nothing of that is in memory\nwhat lies in memcached",
    ],
    [{}, "nothing of that is stored"],
    [{ origin, entries: [{}, null, 5], complete: true }, "  -  -"],
  ])("%j", (answer, said) => {
    expect(renderEntries(answer, PLAIN)).toContain(said);
  });
});

test("all of one URL", () => {
  const details = {
    ...{ lifetime: { seconds: 60, source: "default" }, receivedAt: "2026-01-01T00:00:00.000Z" },
    headers: [["content-type", "text/plain"]],
  };
  const text = renderEntry(
    {
      origin,
      entries: [
        { ...entry, ...details },
        { ...stale, ...details, worker: 3 },
      ],
    },
    false,
  );
  expect(text).toStartWith(
    [
      "/products/1  [accept-encoding: gzip, no accept, #blue, #a[2Jb]",
      "  status     200",
      "  state      fresh for 1h1m",
      "  lifetime   1m0s (--ttl)",
      "  received   2026-01-01T00:00:00.000Z, now 1m15s old",
      "  size       2 kb, 1000 bytes of it content",
      "  hits       1,234",
      "  asked as   http://localhost:3000",
      "",
      "  content-type: text/plain",
      "",
    ].join("\n"),
  );
  expect(text).toContain("stale since 5s, validated before each use (no-cache)");
  expect(text).toContain("  worker     3\n");
  expect(stripVTControlCharacters(renderEntry({ origin, entries: [{ ...entry, ...details }] }, true))).toBe(
    renderEntry({ origin, entries: [{ ...entry, ...details }] }, false),
  );
});

test.each([
  [0, "0s"],
  [59.9, "59s"],
  [60, "1m0s"],
  [3600, "1h0m"],
  [90_000, "1d1h"],
  [-5, "-5s"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatSpan(seconds)).toBe(text);
});
