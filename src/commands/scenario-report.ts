import { listAt, numberAt, textAt, valueAt } from "./json-shape.ts";

/** Lays out lanes with their scenarios, and what can be switched on, from the answer about all of them or about one. */
export function renderScenarios(answer: unknown): string {
  const lanes = valueAt(answer, "lanes") === undefined ? [answer] : listAt(answer, "lanes");
  const rows = lanes.map((lane) => [
    textAt(lane, "lane") || "(default)",
    textAt(lane, "scenario") ?? "none",
    `${numberAt(lane, "requests") ?? 0}`,
  ]);
  const known = listAt(answer, "scenarios").flatMap((name) => textAt({ name }, "name") ?? []);
  const last = known.length === 0 ? "no rule and no fixture asks for a scenario" : `known: ${known.join(", ")}`;
  return `${aligned([["lane", "scenario", "requests"], ...rows])}${last}\n`;
}

/** Says what was switched. */
export function renderSwitched(answer: unknown): string {
  const name = textAt(answer, "scenario");
  const lane = textAt(answer, "lane") ?? "";
  const where = lane === "" ? "the default lane" : `lane ${lane}`;
  const what = name === undefined ? `no scenario is on in ${where}` : `${name} is on in ${where}`;
  return valueAt(answer, "complete") === false ? `${what}, but a worker has not confirmed it\n` : `${what}\n`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
