import { expect, test } from "bun:test";
import { checkedFilter } from "../../src/commands/filter-argument.ts";

test.each(["", "miss", "status>=500 or path~/users*"])("%j can be read", (text) => {
  expect(checkedFilter(text)).toBe(text);
});

test.each([
  ["status>=500 or mis", "status>=500 or mis", 15],
  ["(hit", "(hit", 0],
  ["hit and", "hit and", 7],
  ["path=\x1b[2J mis", "path=\\u001b[2J mis", 15],
])("%j cannot, and a caret stands under the place", (text, shown, column) => {
  const lines = refusal(text).split("\n");
  expect(lines[0]).toStartWith("--filter cannot be read: ");
  expect(lines.slice(1)).toEqual([`  ${shown}`, `  ${" ".repeat(column)}^`]);
});

function refusal(text: string): string {
  try {
    return checkedFilter(text);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2 });
    return error instanceof Error ? error.message : "";
  }
}
