import { styleText } from "node:util";
import type { Examination, Finding } from "../fixtures/examine.ts";

/** Lays out what was found in a folder, a line each, as compilers do: `file:line: what`. */
export function renderExamination(folder: string, { fixtures, findings }: Examination, coloured: boolean): string {
  const paint = (style: "bold" | "red" | "yellow" | "green", text: string): string =>
    coloured ? styleText(style, text, { validateStream: false }) : text;
  const lines = findings.map(({ level, kind, file, line, what }) => {
    const place = paint("bold", `${file}${line === undefined ? "" : `:${line}`}`);
    const word = level === "problem" ? paint("red", kind) : paint("yellow", kind);
    return `${place}: ${word}: ${what}`;
  });
  const summary = `${count(fixtures, "fixture")} in ${folder}: ${found(findings)}`;
  return [...lines, findings.length === 0 ? paint("green", summary) : summary, ""].join("\n");
}

function found(findings: readonly Finding[]): string {
  if (findings.length === 0) return "nothing to say against them";
  const problems = findings.filter(({ level }) => level === "problem").length;
  const parts = [count(problems, "problem"), count(findings.length - problems, "warning")];
  return parts.filter((part) => !part.startsWith("0 ")).join(", ");
}

function count(of: number, what: string): string {
  return `${of} ${what}${of === 1 ? "" : "s"}`;
}
