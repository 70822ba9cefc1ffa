import type { FixtureUse, Unrecorded } from "../fixtures/journal.ts";
import { Failure } from "./failure.ts";
import { stderr } from "./terminal.ts";

/** Files that are named one by one. */
const MOST_NAMED = 50;

/**
 * Says at the end of a `--frozen` run which fixtures nobody has asked for.
 * @throws Failure with exit code 3 where requests had no fixture
 */
export function concludeFrozen({ fixtures, unused, unrecorded, further }: FixtureUse): void {
  if (unused.length > 0) {
    stderr.warn(
      `${unused.length} of ${counted(fixtures, "fixture")} ${unused.length === 1 ? "was" : "were"} not used:`,
    );
    for (const file of unused.slice(0, MOST_NAMED)) stderr.log(`  ${file}`);
    if (unused.length > MOST_NAMED) stderr.log(`  and ${unused.length - MOST_NAMED} more`);
  }
  if (unrecorded.length === 0) return;
  const lines = [...unrecorded.map(lineOf), ...(further === 0 ? [] : [`  and ${further} more`])];
  throw new Failure(3, `${counted(unrecorded.length + further, "request")} had no fixture:\n${lines.join("\n")}`);
}

function lineOf({ request, nearest, differs }: Unrecorded): string {
  return nearest === undefined ? `  ${request}` : `  ${request}\n    nearest is ${nearest}: ${differs}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
