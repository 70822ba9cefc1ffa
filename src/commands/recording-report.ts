import { describedDrift } from "../fixtures/drift.ts";
import type { RecordingReport } from "../fixtures/recordings.ts";
import { stderr } from "./terminal.ts";

/** Files whose drift is told one by one. */
const MOST_NAMED = 50;

/** Says at the end of a run what was recorded, and what has changed since it was recorded before. */
export function concludeRecording({ written, rewritten, unchanged, unrecorded, drift }: RecordingReport): void {
  const said = [
    ...(written > 0 ? [`${written} new`] : []),
    ...(rewritten > 0 ? [`${rewritten} changed`] : []),
    ...(unchanged > 0 ? [`${unchanged} as before`] : []),
  ];
  const left = Object.entries(unrecorded).map(([why, times]) => `${times} ${REASONS[why] ?? why}`);
  if (said.length > 0) stderr.info(`fixtures recorded: ${said.join(", ")}`);
  if (left.length > 0) stderr.info(`not recorded: ${left.join(", ")}`);
  const drifted = Object.entries(drift);
  if (drifted.length === 0) return;
  stderr.warn(
    `${drifted.length === 1 ? "1 fixture says" : `${drifted.length} fixtures say`} something else than before:`,
  );
  for (const [file, of] of drifted.slice(0, MOST_NAMED)) stderr.log(`  ${file}: ${describedDrift(of)}`);
  if (drifted.length > MOST_NAMED) stderr.log(`  and ${drifted.length - MOST_NAMED} more`);
}

/** Why something was not recorded, after how often. */
const REASONS: Readonly<Record<string, string>> = {
  incomplete: "that broke off or whose end nobody can tell",
  "too-large": "above --max-entry-size",
  apart: "that a scenario or a lane alone has changed",
  busy: "that came faster than they could be written",
  error: "from status 400 on (--record-errors has them recorded)",
  partial: "that were parts or said that nothing has changed",
  failed: "that could not be written",
};
