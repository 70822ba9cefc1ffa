import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Flag, serveFlags } from "../src/config/flags.ts";

const root = join(import.meta.dir, "..");
const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "SECURITY.md",
  ...new Bun.Glob("docs/*.md").scanSync(root),
].sort();

async function textOf(page: string): Promise<string> {
  return Bun.file(join(root, page)).text();
}

/** The anchors of a page, as GitHub makes them of its headings. */
async function anchorsOf(page: string): Promise<ReadonlySet<string>> {
  const headings = (await textOf(page)).matchAll(/^#+ (.+)$/gm);
  return new Set(
    headings.map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe.each(pages)("%s", (page) => {
  test("links to what is there", async () => {
    const links = (await textOf(page)).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
    const broken: string[] = [];
    for (const [link, path = "", anchor] of links) {
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) broken.push(link);
      else if (anchor !== undefined && !(await anchorsOf(target)).has(anchor)) broken.push(link);
    }
    expect(broken).toEqual([]);
  });
});

const readme = await textOf("README.md");

describe("the README's table of flags", () => {
  const lines = readme.split("\n").filter((line) => /^\| `-/.test(line));
  const flags: readonly (readonly [name: string, flag: Flag])[] = Object.entries(serveFlags).filter(
    ([name]) => name !== "help" && name !== "version",
  );

  test.each(flags)("has --%s once, with its default", (name, flag) => {
    const rows = lines.filter((line) => new RegExp(`^\\| \`[^\`]*--${name}[ \`]`).test(line));
    expect(rows).toHaveLength(1);
    const fallback = flag.fallbackNote ?? flag.fallback;
    if (fallback !== undefined) expect(rows[0]?.split(/(?<!\\)\|/)[2]?.trim()).toBe(fallback);
  });

  test("has no other", () => {
    expect(lines).toHaveLength(flags.length);
  });
});
