import { entryOrEntries, formatCount } from "./counts.ts";
import type { ImportedFixtures } from "./import-fixtures.ts";
import { leftLines } from "./import-report.ts";

/** What there is to say of what became no fixture, beside what any import says (commands/import-report.ts). */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["elsewhere", "of other origins"],
  ["there", "answered by a fixture already; --overwrite writes them anew"],
  ["unchanged", "there as they are"],
  ["kept", "there as templates or broken, which nothing overwrites"],
  ["repeated", "the same request again: one answer is the fixture"],
  ["method", "methods that have no fixtures"],
  ["head", "HEAD, which the fixture of the GET answers"],
  ["partial", "parts, or answers to conditions of the client's own"],
  ["error", "errors; --errors writes them"],
  ["no-posted", "the archive lacks what was sent"],
  ["too-large", "larger than 32mb"],
  ["refused", "not to be written"],
]);

/** Origins that are named. */
const MOST_NAMED = 5;

/** The report for a person. */
export function renderImportedFixtures(folder: string, imported: ImportedFixtures): string {
  const { entries, written, rewritten, otherOrigins } = imported;
  const anew = rewritten === 0 ? "" : `, ${formatCount(rewritten)} anew`;
  const lines = [
    `${formatCount(written)} ${written === 1 ? "fixture" : "fixtures"} written into ${folder}${anew}, of ${formatCount(entries)} ${entryOrEntries(entries)}`,
    ...leftLines(imported, (reason) => (reason === "elsewhere" ? elsewhere(otherOrigins) : REASONS.get(reason))),
  ];
  return `${lines.join("\n")}\n`;
}

function elsewhere(origins: ImportedFixtures["otherOrigins"]): string {
  const all = Object.entries(origins);
  const named = all.slice(0, MOST_NAMED).map(([origin, count]) => `${origin} (${formatCount(count)})`);
  return `${REASONS.get("elsewhere")}: ${named.join(", ")}${all.length > MOST_NAMED ? ", …" : ""}`;
}
