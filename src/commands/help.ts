import { styleText } from "node:util";
import { type Flag, type Flags, GROUPS } from "../config/flags.ts";
import { type CommandName, catalog } from "./catalog.ts";

type Row = { readonly left: string; readonly right: string };

/**
 * The help page of a command, or of the whole program, which is the one of `serve` with the list of commands.
 * @param coloured whether to emphasize with ANSI sequences
 */
export function renderHelp(command: CommandName | undefined, coloured: boolean): string {
  const { summary, usage, flags, examples } = catalog[command ?? "serve"];
  const title = (text: string) => (coloured ? styleText("bold", text, { validateStream: false }) : text);
  const term = (text: string) => (coloured ? styleText("cyan", text, { validateStream: false }) : text);
  const flagRows = GROUPS.map((group) => ({ heading: group, rows: rowsOf(flags, group) }));
  const sections = command === undefined ? [{ heading: "Commands", rows: commandRows() }, ...flagRows] : flagRows;
  const filled = sections.filter(({ rows }) => rows.length > 0);
  const width = Math.max(...filled.flatMap(({ rows }) => rows.map(({ left }) => left.length)));
  const blocks = filled.map(({ heading, rows }) =>
    [
      title(heading),
      ...rows.map(({ left, right }) => `  ${term(left)}${" ".repeat(width - left.length)}  ${right}`),
    ].join("\n"),
  );
  return [
    command === undefined ? "An HTTP cache to put in front of any API with one command" : summary,
    `${title("Usage")}\n  ${command === undefined ? "caching-proxy [command] --origin URL [flags] [-- COMMAND …]" : usage}`,
    ...blocks,
    `${title("Examples")}\n${examplesOf(command, examples)
      .map((example) => `  ${example}`)
      .join("\n")}`,
    `${title("Environment")}\n${ENVIRONMENT}`,
    "",
  ].join("\n\n");
}

const ENVIRONMENT = `  A setting can also come from the environment: --admin-prefix from CACHING_PROXY_ADMIN_PREFIX, and so on.
  A flag wins over the environment, and that over a config file. Sizes read 64kb, 256mb, 1gb; durations 500ms, 30s, 5m, 1h, 7d.
  A command behind -- finds the proxy at CACHING_PROXY_URL, on a free port, and its exit code is that of the whole.`;

function examplesOf(command: CommandName | undefined, own: readonly string[]): readonly string[] {
  return command === undefined ? [...own, ...catalog.clear.examples] : own;
}

function commandRows(): readonly Row[] {
  return Object.entries(catalog).map(([name, { summary }]) => ({ left: name, right: summary }));
}

function rowsOf(flags: Flags, group: Flag["group"]): readonly Row[] {
  return Object.entries(flags)
    .filter(([, flag]) => flag.group === group)
    .map(([name, flag]) => ({ left: nameOf(name, flag), right: descriptionOf(flag) }));
}

function nameOf(name: string, flag: Flag): string {
  const short = flag.alias === undefined ? "    " : `-${flag.alias}, `;
  return `${short}--${name}${flag.valueHint === undefined ? "" : ` ${flag.valueHint}`}`;
}

function descriptionOf(flag: Flag): string {
  const fallback = flag.fallbackNote ?? flag.fallback;
  return fallback === undefined ? flag.description : `${flag.description} (default: ${fallback})`;
}
