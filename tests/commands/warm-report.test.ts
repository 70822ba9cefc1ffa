import { describe, expect, test } from "bun:test";
import { stripVTControlCharacters } from "node:util";
import { progressLine } from "../../src/commands/warm-progress.ts";
import { type Run, renderWarming, Tally, warmingJson } from "../../src/commands/warm-report.ts";

function tally(requests: number): Tally {
  const tally = new Tally(requests);
  for (let i = 0; i < 1200; i++) tally.count(`/${i}`, { type: "stored" }, 1024);
  for (let i = 0; i < 30; i++) tally.count(`/a${i}`, { type: "already" }, 0);
  for (const reason of ["no-store", "private", "private"]) tally.count("/u", { type: "not-storable", reason }, 0);
  for (let i = 0; i < 12; i++) tally.count(`/f\u001b[2J${i}`, { type: "failed", reason: "status 404" }, 0);
  return tally;
}
const run: Run = { urls: 1245, variants: 1, took: 3456, halt: undefined, cut: false };

describe("the summary", () => {
  test("of what went its way", () => {
    const small = new Tally(1);
    small.count("/x", { type: "stored" }, 10);
    expect(renderWarming(small, { ...run, urls: 1, took: 120 })).toBe("1 URL, 10 bytes in 0.1 s\n  stored        1\n");
  });

  test("of all that there may be, with the first failures, without control characters", () => {
    const text = renderWarming(tally(1300), {
      ...run,
      variants: 2,
      halt: { type: "too-long", length: 3_600_000 },
      cut: true,
    });
    expect(text).toStartWith("1,245 URLs, 2 variants of each, 1.2 mb in 3.5 s\n");
    expect(text).toContain(
      "  stored        1,200\n  already there    30\n  not storable      3  (private 2, no-store 1)\n",
    );
    expect(text).toContain("  failed           12\n");
    expect(text).toContain(
      "  not asked        55  (the origin asks to be left alone for 3,600 s; --max-wait says how long to wait)\n",
    );
    expect(text.match(/status 404/g)).toHaveLength(10);
    expect(text).toContain("    /f[2J0  status 404\n");
    expect(text).toContain("    and 2 more\n");
    expect(text).toEndWith("only the first of it was asked for\n");
  });

  test("for a program", () => {
    expect(warmingJson(tally(1300), { ...run, halt: { type: "stopped" } })).toMatchObject({
      urls: 1245,
      requests: 1300,
      stored: 1200,
      already: 30,
      notStorable: { "no-store": 1, private: 2 },
      failed: 12,
      notAsked: 55,
      halted: "stopped",
      bytes: 1200 * 1024,
      milliseconds: 3456,
    });
  });
});

describe("the line that shows how far it is", () => {
  test.each([0, 1, 5, 20, 39, 60, 200])("fits into %d columns", (columns) => {
    const line = progressLine(tally(2000), 2500, columns, true);
    expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(Math.max(0, columns - 1));
  });

  test("says it all, and is plain unless coloured", () => {
    const line = progressLine(tally(2490), 2500, 100, false);
    expect(line).toBe(`${"█".repeat(15)}${"░".repeat(15)} 1,245 of 2,490, 50 %, 12 failed, paused for 3 s`);
    expect(stripVTControlCharacters(progressLine(tally(2490), 2500, 100, true))).toBe(line);
    expect(progressLine(new Tally(0), 0, 100, false)).toContain("100 %");
  });
});
