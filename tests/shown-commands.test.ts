import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { readArguments } from "../src/commands/arguments.ts";
import { catalog } from "../src/commands/catalog.ts";
import { shownCommands, wordsOf } from "./shown-commands.ts";

const root = join(import.meta.dir, "..");
const pages = ["README.md", "docs/*.md", "examples/**/README.md"]
  .flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(root)])
  .filter((page) => !page.includes("node_modules/"))
  .sort();
const shown = await Promise.all(
  pages.map(async (page) => ({ page, commands: shownCommands(await Bun.file(join(root, page)).text()) })),
);

describe.each(shown.filter(({ commands }) => commands.length > 0))("$page", ({ commands }) => {
  test("shows commands that there are", () => {
    const wrong = commands.flatMap(({ line, words }) => {
      const wish = readArguments(words);
      return wish.type === "refused" ? [`${line}: ${wish.message}`] : [];
    });
    expect(wrong).toEqual([]);
  });
});

test("many are shown", () => {
  expect(shown.flatMap(({ commands }) => commands).length).toBeGreaterThan(60);
});

test.each(Object.entries(catalog))("the help page of %s shows commands that there are", (_, { examples }) => {
  const commands = shownCommands(examples.map((example) => `    ${example}`).join("\n"));
  const wrong = commands.filter(({ words }) => readArguments(words).type === "refused");
  expect(wrong).toEqual([]);
});

test.each([
  ["purge --prefix /a --soft  # and then", ["purge", "--prefix", "/a", "--soft"]],
  [`warm /a -H "Accept: x, y" | cat`, ["warm", "/a", "-H", "Accept: x, y"]],
  ["explain '/p?page=2&_t=1'", ["explain", "/p?page=2&_t=1"]],
  ["--fixtures f -- bun test && echo", ["--fixtures", "f", "--", "bun", "test"]],
  ["stats --json > out.json", ["stats", "--json"]],
])("the words of %s", (line, words) => {
  expect(wordsOf(line)).toEqual(words);
});
