import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Entry } from "../../src/page/entries-answer.ts";
import { type Folder, rowsOf, stepsOf, type TreeNode, type TreeOrder, treeOf } from "../../src/page/entries-tree.ts";

const ORIGIN = "http://origin.example";

type Given = Partial<Entry> & { readonly path: string };

function tree(given: readonly Given[], order: TreeOrder = "name"): Folder {
  const entries = given.map(({ path, ...rest }): Entry => ({ ...USUAL, url: ORIGIN + path, ...rest }));
  return treeOf(entries, ORIGIN, order);
}

const USUAL: Omit<Entry, "url"> = {
  ...{ method: "GET", status: 200, state: "fresh", ageSeconds: 1, ttlSeconds: 9, bytes: 10, bodyBytes: 5, hits: 1 },
  ...{ tags: [], publicOrigin: "http://localhost", selecting: {} },
};

/** The tree as indented lines. */
function drawn(root: Folder): string[] {
  return rowsOf(root, () => true).map(({ node, level }) => "  ".repeat(level - 1) + node.label);
}

describe("the tree of paths", () => {
  test.each<[string, string[], string[]]>([
    ["nothing", [], ["/"]],
    ["folders", ["/a/1", "/a/2", "/b"], ["/", "  a/", "    1", "    2", "  b"]],
    ["a folder with one thing in it is one line with that", ["/a/b/c/1", "/b"], ["/", "  a/b/c/1", "  b"]],
    ["folders in folders that hold nothing else", ["/a/b/1", "/a/b/2", "/c"], ["/", "  a/b/", "    1", "    2", "  c"]],
    ["queries of one path", ["/a?x=1", "/a?x=2", "/a"], ["/", "  a", "  a?", "    x=1", "    x=2"]],
    ["one query", ["/a?x=1/2", "/b"], ["/", "  a?x=1/2", "  b"]],
    ["numbers count", ["/10", "/9", "/1"], ["/", "  1", "  9", "  10"]],
    ["the root and what ends with a slash", ["/", "/a/", "/a/b"], ["/", "  ", "  a/", "    ", "    b"]],
    ["empty folders", ["//x", "/a//x"], ["/", "  //x".replace("//", "/"), "  a//x"]],
  ])("%s", (_, paths, expected) => {
    expect(drawn(tree(paths.map((path) => ({ path }))))).toEqual(expected);
  });

  test("variants of a URL are one line, whose hits count once for each worker", () => {
    const of = (worker: number, hits: number) => ({ path: "/a", worker, hits });
    const root = tree([of(1, 3), of(1, 3), of(2, 4)]);
    expect(root.children).toMatchObject([{ type: "leaf", path: "/a", count: 3, hits: 7, bytes: 30 }]);
  });

  test("by size and by hits the largest come first, folders by what they hold", () => {
    const given = [
      { path: "/a/1", bytes: 60, hits: 0 },
      { path: "/a/2", bytes: 70, hits: 0 },
      { path: "/b", bytes: 100, hits: 9 },
    ];
    const labels = (order: "size" | "hits") => tree(given, order).children.map(({ label }) => label);
    expect(labels("size")).toEqual(["a/", "b"]);
    expect(labels("hits")).toEqual(["b", "a/"]);
  });

  test("only what lies in open folders has a line", () => {
    const root = tree(["/a/1", "/a/2", "/b"].map((path) => ({ path })));
    const rows = rowsOf(root, ({ path }) => path === "/");
    expect(
      rows.map(({ node: { path }, level, position, among, parent }) => [path, level, position, among, parent]),
    ).toEqual([
      ["/", 1, 1, 1, -1],
      ["/a/", 2, 1, 2, 0],
      ["/b", 2, 2, 2, 0],
    ]);
  });

  const segment = fc.constantFrom("", "a", "b", "c d", "ü", "a?", "?", "x=1/y");
  const paths = fc.array(
    fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
    { maxLength: 30 },
  );

  test("the parts of a path make it up again", () => {
    fc.assert(fc.property(paths, (all) => all.every((path) => `/${stepsOf(path).join("")}` === path)));
  });

  test("all are in it, each below a folder with which it begins, and the sums are those of what is below", () => {
    fc.assert(
      fc.property(paths, (all) => {
        const root = tree(all.map((path, i) => ({ path, bytes: i })));
        const found: string[] = [];
        const visit = (node: TreeNode): void => {
          if (node.type === "leaf") {
            found.push(...node.variants.map(({ url }) => url.slice(ORIGIN.length)));
            return;
          }
          expect(node.children.every(({ path }) => path.startsWith(node.path))).toBe(true);
          expect(node.children.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(node.bytes);
          expect(node === root || node.children.length > 1).toBe(true);
          for (const child of node.children) visit(child);
        };
        visit(root);
        expect(found.sort()).toEqual(all.toSorted());
      }),
    );
  });
});
