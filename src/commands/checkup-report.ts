import { styleText } from "node:util";
import type { Finding } from "./checkup.ts";

const STYLES = { fine: "green", warning: "yellow", problem: "red" } as const;
const MARKS = { fine: "✔", warning: "!", problem: "✖" } as const;

/** Lays out what was found, a line each. */
export function renderCheckup(findings: readonly Finding[], coloured: boolean): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.map(({ about, verdict, what }) => {
    const mark = coloured ? styleText(STYLES[verdict], MARKS[verdict], { validateStream: false }) : MARKS[verdict];
    return `${mark} ${about.padEnd(width)}  ${what}\n`;
  });
  return lines.join("");
}
