import { describe, expect, test } from "bun:test";
import { stripVTControlCharacters } from "node:util";
import { type CommandName, catalog } from "../../src/commands/catalog.ts";
import { renderHelp } from "../../src/commands/help.ts";

const pages: readonly (CommandName | undefined)[] = [
  undefined,
  "serve",
  "clear",
  "purge",
  "stats",
  "warm",
  "entries",
  "explain",
  "rules",
  "scenario",
];

describe.each(pages)("the page of %p", (command) => {
  const page = renderHelp(command, false);

  test("names each flag once, with its default", () => {
    for (const [name, flag] of Object.entries(catalog[command ?? "serve"].flags)) {
      const lines = page.split("\n").filter((line) => new RegExp(`^  (-\\w, |    )--${name}( |$)`).test(line));
      expect(lines).toHaveLength(1);
      const fallback = "fallbackNote" in flag ? flag.fallbackNote : flag.fallback;
      if (fallback !== undefined) expect(lines[0]).toEndWith(`(default: ${fallback})`);
    }
  });

  test("has examples and speaks of the environment", () => {
    expect(page).toContain("Examples\n  caching-proxy ");
    expect(page).toContain("CACHING_PROXY_");
  });

  test("is plain unless coloured, and says the same then", () => {
    const coloured = renderHelp(command, true);
    expect(page).not.toContain("\u001B");
    expect(coloured).toContain("\u001B[1m");
    expect(stripVTControlCharacters(coloured)).toBe(page);
  });
});

test("the first page lists the commands", () => {
  for (const name of Object.keys(catalog))
    expect(renderHelp(undefined, false)).toMatch(new RegExp(`^  ${name} +\\w`, "m"));
});
