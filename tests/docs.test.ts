import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { referencePage } from "../scripts/reference-page.ts";
import { type Flag, serveFlags } from "../src/config/flags.ts";

const root = join(import.meta.dir, "..");
const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "SECURITY.md",
  ...new Bun.Glob("docs/*.md").scanSync(root),
  ...[...new Bun.Glob("examples/**/*.md").scanSync(root)].filter((page) => !page.includes("node_modules/")),
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
  const rows = readme.split("\n").filter((line) => /^\| `-/.test(line));

  test("has the most used ones", () => {
    expect(rows.length).toBeGreaterThanOrEqual(12);
  });

  test.each(rows)("%s", (row) => {
    const [, usage = "", fallback = ""] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const name = /--([a-z0-9-]+)/.exec(usage)?.[1] ?? "";
    const flag: Flag | undefined = Object.entries<Flag>(serveFlags).find(([known]) => known === name)?.[1];
    const short = flag?.alias === undefined ? "" : `-${flag.alias}, `;
    const value = flag?.valueHint === undefined ? "" : ` ${flag.valueHint.replaceAll("|", "\\|")}`;
    expect(usage).toBe(`\`${short}--${name}${value}\``);
    const said = flag?.fallbackNote ?? flag?.fallback;
    if (said !== undefined) expect(fallback).toBe(said);
  });
});

test("docs/reference.md is what the definitions say; where it is not, `bun run docs:reference` writes it anew", async () => {
  expect(await textOf("docs/reference.md")).toBe(referencePage());
});

test.each(["nginx.conf", "caching-proxy.config.yaml"])(
  "docs/migration.md shows %s as it lies in examples/",
  async (name) => {
    const file = await textOf(`examples/from-nginx/${name}`);
    expect(await textOf("docs/migration.md")).toContain(` ${name}\n${file}\`\`\`\n`);
  },
);
