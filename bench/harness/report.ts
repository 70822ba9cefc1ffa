import { median, type Samples } from "./rounds.ts";

/** One line of a table: what was measured on each subject, and the ratios of one of them to the others. */
export type Line = { readonly scenario: string; readonly samples: ReadonlyMap<string, Samples> };

/** The medians of a table, and how one subject stands to the others. */
function printed(subject: string, unit: string, lines: readonly Line[]): string {
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

/** A table of figures in one unit. */
export type Table = { readonly title: string; readonly unit: string; readonly lines: readonly Line[] };

/** Prints the table and, where a file is named with --json, writes all samples into it. */
export async function report(title: string, subject: string, unit: string, lines: readonly Line[]): Promise<void> {
  const table = { title, unit, lines };
  print(table, subject);
  await write(samplesOf(table));
}

/** The same for several tables of one benchmark: the file holds a list. */
export async function reportAll(subject: string, tables: readonly Table[]): Promise<void> {
  for (const table of tables) print(table, subject);
  await write(tables.map(samplesOf));
}

function print({ title, unit, lines }: Table, subject: string): void {
  console.log(`\n${title}\n\n${printed(subject, unit, lines)}`);
}

function samplesOf({ title, unit, lines }: Table) {
  const figures = lines.map(({ scenario, samples }) => ({ scenario, samples: Object.fromEntries(samples) }));
  return { title, unit, bun: Bun.version, figures };
}

async function write(json: unknown): Promise<void> {
  const at = process.argv.indexOf("--json");
  const file = process.argv[at + 1];
  if (at >= 0 && file !== undefined) await Bun.write(file, `${JSON.stringify(json, null, 2)}\n`);
}
