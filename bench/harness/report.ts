import { median, type Samples } from "./rounds.ts";

/** One line of a table: what was measured on each subject, and the ratios of one of them to the others. */
export type Line = { readonly scenario: string; readonly samples: ReadonlyMap<string, Samples> };

/** The medians of a table, and how one subject stands to the others. */
export function printed(subject: string, unit: string, lines: readonly Line[]): string {
  const names = [...new Set(lines.flatMap(({ samples }) => [...samples.keys()]))];
  const others = names.filter((name) => name !== subject);
  const head = ["", ...names.map((name) => `${name}, ${unit}`), ...others.map((name) => `to ${name}`)];
  const rows = lines.map(({ scenario, samples }) => {
    const of = (name: string): number => median(samples.get(name) ?? []);
    const shown = (figure: number, text: string): string => (Number.isNaN(figure) ? "–" : text);
    return [
      scenario,
      ...names.map((name) => shown(of(name), of(name).toFixed(of(name) < 100 ? 1 : 0))),
      ...others.map((name) => shown(of(subject) / of(name), `${(of(subject) / of(name)).toFixed(2)} ×`)),
    ];
  });
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Prints the table and, where a file is named with --json, writes all samples into it. */
export async function report(title: string, subject: string, unit: string, lines: readonly Line[]): Promise<void> {
  console.log(`\n${title}\n\n${printed(subject, unit, lines)}`);
  const at = process.argv.indexOf("--json");
  const file = process.argv[at + 1];
  if (at < 0 || file === undefined) return;
  const figures = lines.map(({ scenario, samples }) => ({ scenario, samples: Object.fromEntries(samples) }));
  await Bun.write(file, `${JSON.stringify({ title, unit, bun: Bun.version, figures }, null, 2)}\n`);
}
