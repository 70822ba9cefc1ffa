import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const lines = (await Bun.file(join(root, "docs/guarantees.md")).text()).split("\n");
const rows = lines
  .filter((line) => line.startsWith("| ") && !/^\| (?:---|guarantee )/.test(line))
  .map((line): readonly [string, string] => {
    const [, guarantee = "", heldBy = ""] = line.split("|");
    return [guarantee.trim(), heldBy];
  });

/** A test's file and name, for each that a row names; a name without a file is of the file before it. */
function testsIn(cell: string): readonly (readonly [file: string, name: string])[] {
  let file = "";
  return [...cell.matchAll(/\]\(\.\.\/([^)]+)\)|`([^`]+)`/g)].flatMap(([, path, name]) => {
    if (path !== undefined) file = path;
    return name === undefined ? [] : [[file, name] as const];
  });
}

describe("each guarantee is held by a test that exists", () => {
  test.each(rows)("%s", async (_, cell) => {
    const named = testsIn(cell);
    expect(named.length).toBeGreaterThan(0);
    for (const [file, name] of named) {
      const text = await Bun.file(join(root, file)).text();
      const isThere = ['"', "`"].some((quote) =>
        new RegExp(`[(\\s]${quote}${RegExp.escape(name)}${quote},`).test(text),
      );
      expect({ file, name, isThere }).toEqual({ file, name, isThere: true });
    }
  });

  test("and there are as many as the page has", () => {
    expect(rows.length).toBeGreaterThan(30);
  });
});
