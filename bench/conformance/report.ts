/** Pure: the verdict as a person reads it. */

import type { Entry, Kind, Total, Verdict } from "./verdict.ts";

/** The lines of a report; the last one is `N passed, N failed` and nothing else is of that shape. */
export function report(verdict: Verdict): string[] {
  const { required, optimal, check } = verdict.totals;
  const known = required.known + optimal.known;
  const failed = verdict.problems.length;
  return [
    gatedLine("required", required),
    gatedLine("optimal", optimal),
    `check    ${check.passed}/${check.total} yes, ${check.known} of ${check.total} answers as recorded`,
    "",
    ...knownLines(verdict.entries, known),
    ...verdict.problems.map(({ id, text }) => `✗ ${id}: ${text}`),
    ...(failed === 0 ? [] : [""]),
    known === 0
      ? "Passed means: a required or optimal test passes, a check is answered as recorded."
      : `Passed means: the outcome is as expected, so ${known} tests that fail as listed are among them.`,
    `${verdict.asExpected} passed, ${failed} failed`,
  ];
}

function gatedLine(kind: Kind, { passed, total, known }: Total): string {
  const missing = total - passed;
  const note = missing === 0 ? "" : ` (${missing} not passing: ${known} listed as known, ${missing - known} not)`;
  return `${kind.padEnd(8)} ${passed}/${total}${note}`;
}

function knownLines(entries: readonly Entry[], known: number): string[] {
  if (known === 0) return [];
  const failing = entries.filter(
    ({ kind, message, known }) => kind !== "check" && message !== "" && known !== undefined,
  );
  const byReason = Map.groupBy(failing, (entry) => entry.known ?? "");
  const lines = [...byReason].map(([reason, group]) => `  ${reason}\n    ${group.map(({ id }) => id).join(" ")}`);
  return [`${known} known failures:`, ...lines, ""];
}
