import { describe, expect, test } from "bun:test";
import { stripVTControlCharacters } from "node:util";
import { catalog, commandNames, isCommandName } from "../../src/commands/catalog.ts";
import { renderHelp } from "../../src/commands/help.ts";

const pages = [undefined, ...commandNames.filter(isCommandName)];

describe.each(pages)("the page of %p", (command) => {
  const page = renderHelp(command, false);
  const lines = page.split("\n");

  test("names each flag once, with its default", () => {
    for (const [name, flag] of Object.entries(catalog[command ?? "serve"].flags)) {
      const at = lines.flatMap((line, i) => (new RegExp(`^ {4}(-\\w, )?--${name}( |$)`).test(line) ? [i] : []));
      expect(at).toHaveLength(1);
      const fallback = flag.fallbackNote ?? flag.fallback;
      const next = lines.findIndex((line, i) => i > (at[0] ?? 0) && !line.startsWith(" ".repeat(10)));
      const text = lines.slice((at[0] ?? 0) + 1, next).map((line) => line.trim());
      expect(text.join(" ")).toBe(
        fallback === undefined ? flag.description : `${flag.description} (default: ${fallback})`,
      );
    }
  });

  test("has the headings of a manual page, in their order", () => {
    const headings = lines.filter((line) => /^[A-Z]/.test(line));
    const all = [
      "NAME",
      "SYNOPSIS",
      "DESCRIPTION",
      "COMMANDS",
      "OPTIONS",
      "EXAMPLES",
      "ENVIRONMENT",
      "EXIT STATUS",
      "FILES",
    ];
    expect(headings).toEqual(all.filter((heading) => heading !== "COMMANDS" || command === undefined));
  });

  test("fits 80 columns", () => {
    expect(lines.filter(({ length }) => length > 80)).toEqual([]);
  });

  test("its examples are those of the catalog, whole when lines that go on are joined", () => {
    const joined = page.replaceAll(/ \\\n +/g, " ");
    for (const example of catalog[command ?? "serve"].examples) expect(joined).toContain(`\n    ${example}\n`);
  });

  test("is plain unless coloured, and says the same then", () => {
    const coloured = renderHelp(command, true);
    expect(page).not.toContain("\u001B");
    expect(coloured).toContain("\u001B[1m");
    expect(stripVTControlCharacters(coloured)).toBe(page);
  });
});

test("the first page lists the commands", () => {
  for (const name of commandNames) expect(renderHelp(undefined, false)).toMatch(new RegExp(`^ {4}${name} +\\w`, "m"));
});
