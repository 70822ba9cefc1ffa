import { styleText } from "node:util";
import type { Finding } from "./finding.ts";

const STYLES = { fine: "green", warning: "yellow", problem: "red" } as const;
const MARKS = { fine: "✔", warning: "!", problem: "✖" } as const;

/** Lays out what was found, a line each, and below it what to do. */
export function renderCheckup(findings: readonly Finding[], coloured: boolean): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.map(({ about, verdict, what, todo }) => {
    const mark = coloured ? styleText(STYLES[verdict], MARKS[verdict], { validateStream: false }) : MARKS[verdict];
    const further = todo === undefined ? "" : `${" ".repeat(width + 4)}→ ${todo}\n`;
    return `${mark} ${about.padEnd(width)}  ${what}\n${further}`;
  });
  return lines.join("");
}
