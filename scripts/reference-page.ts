import { type CommandInfo, catalog } from "../src/commands/catalog.ts";
import { MADE_BY_US } from "../src/commands/new-start.ts";
import { KINDS } from "../src/config/file-name.ts";
import { settingOf, variableOf } from "../src/config/flag-names.ts";
import { type Flag, GROUPS, serveFlags } from "../src/config/flags.ts";
import type { Config, WrittenOrigin, WrittenSettings } from "../src/config/written.ts";
import { KEY_VARIABLE } from "../src/veil/secret-key.ts";
import { ruleMeanings } from "./rule-meanings.ts";
import { rulePaths } from "./rule-paths.ts";

/** Where docs/ says more of a flag. */
const PAGES: Readonly<Partial<Record<keyof typeof serveFlags, string>>> = {
  host: "tls.md#listening-on-a-unix-socket",
  workers: "workers.md",
  tls: "tls.md#a-certificate-for-development",
  "tls-cert": "tls.md",
  origin: "tls.md#an-origin-behind-a-unix-socket",
  timeout: "faults.md#the-origin",
  quota: "quota.md",
  "max-origin-connections": "load.md",
  failover: "origins.md#failover",
  retries: "origins.md#retries",
  breaker: "origins.md#who-fails-is-left-alone",
  "origin-check": "origins.md#health-checks",
  "origin-auth": "origins.md#credentials",
  "origin-cert": "tls.md#tls-to-the-origin",
  "ignore-query": "explain.md#--ignore-query",
  eviction: "eviction.md",
  store: "stores.md",
  collapse: "stores.md#one-request-to-the-origin",
  fixtures: "fixtures.md",
  frozen: "fixtures.md#without-an-origin",
  record: "recording.md",
  secret: "logging.md#secrets",
  scenario: "lanes.md#scenarios",
  log: "logging.md",
  "log-file": "logging.md#a-file",
  "server-timing": "metrics.md#tracing",
  config: "rules.md",
};

const pages = new Map(Object.entries(PAGES));

/**
 * docs/reference.md, from the definitions that the program itself goes by.
 * @throws Error where a rule's path has no meaning written, or a meaning no path
 */
export function referencePage(): string {
  return `${[INTRODUCTION, settings(), CONFIG_FILE, rules(), commands(), environment(), EXIT_CODES].join("\n\n")}\n`;
}

const INTRODUCTION = `<!-- Written by \`bun run docs:reference\` from src/config and src/commands. -->

# Reference

All flags, keys of the config file, environment variables, commands and exit codes. Written from the definitions that the program itself goes by; a test fails where they differ. [guide.md](guide.md) explains,
[the README](../README.md) shows.

Sizes read \`64kb\`, \`256mb\`, \`1gb\`; durations \`500ms\`, \`30s\`, \`5m\`, \`1h\`, \`7d\`. A flag wins over the environment, that over the config file, and that over the default.`;

function settings(): string {
  const groups = GROUPS.flatMap((group) => {
    const flags = Object.entries<Flag>(serveFlags).filter(
      ([name, flag]) => flag.group === group && name !== "help" && name !== "version",
    );
    if (flags.length === 0) return [];
    return [
      `### ${group}\n\n${table(["flag", "config file", "environment", "default", "meaning"], flags.map(settingRow))}`,
    ];
  });
  return ["## Settings", ...groups].join("\n\n");
}

function settingRow([name, flag]: readonly [string, Flag]): readonly string[] {
  const elsewhere = flag.action === undefined;
  const page = pages.get(name);
  return [
    code(flagOf(name, flag)),
    elsewhere && name !== "config" ? code(settingOf(name)) : "",
    elsewhere ? code(variableOf(name)) : "",
    flag.fallbackNote ?? flag.fallback ?? (flag.type === "boolean" && elsewhere ? "off" : ""),
    flag.description + (page === undefined ? "" : ` ([more](${page}))`),
  ].map(cell);
}

/** What a config file holds besides settings. */
const MEMBERS: Readonly<
  Record<Exclude<keyof Config, keyof WrittenSettings> | `origins.URL.${keyof WrittenOrigin}`, readonly [string, string]>
> = {
  rules: ["list of [rules](#rules)", "what is done with some requests and not with others"],
  origins: ["object by URL", "what counts for origins that rules name ([more](origins.md#in-the-config-file))"],
  "origins.URL.failover": ["list of URLs", "`--failover` of it"],
  "origins.URL.check": ["path", "`--origin-check` of it"],
  "origins.URL.auth": ["`bearer:VARIABLE`, `basic:VARIABLE`", "`--origin-auth` of it"],
  seed: ["whole number", "makes delays and faults the same in each run"],
  $schema: ["text", "means nothing to the proxy"],
};

const CONFIG_FILE = `## Config file

\`caching-proxy.config\` with one of these endings, looked for in the working folder in this order: ${KINDS.map(code).join(", ")}; or any other that \`--config\` names. It holds the settings above by their names there, and besides

${table(
  ["member", "value", "meaning"],
  Object.entries(MEMBERS).map(([name, [value, meaning]]) => [code(name), value, meaning]),
)}`;

function rules(): string {
  const paths = rulePaths();
  const lost = Object.keys(ruleMeanings).filter((path) => !paths.has(path));
  if (lost.length > 0) throw new Error(`scripts/rule-meanings.ts tells of what no rule can say: ${lost.join(", ")}`);
  const rows = [...paths].map(([path, words]) => {
    const meaning = Object.hasOwn(ruleMeanings, path) ? ruleMeanings[path] : undefined;
    if (meaning === undefined) throw new Error(`scripts/rule-meanings.ts does not tell what ${path} of a rule means`);
    const unsaid = [...words].filter((word) => !meaning.value.includes(code(word)));
    if (unsaid.length > 0)
      throw new Error(`scripts/rule-meanings.ts leaves out that ${path} may be ${unsaid.join(", ")}`);
    return [code(path), meaning.value, meaning.means];
  });
  return `## Rules\n\nOf the rules that are about a request the first that has a property decides on it ([rules.md](rules.md)).\n\n${table(["key", "value", "meaning"], rows)}`;
}

function commands(): string {
  return ["## Commands", ...Object.entries(catalog).map(([name, info]) => command(name, info))].join("\n\n");
}

function command(name: string, { summary, usage, flags, examples }: CommandInfo): string {
  const own = name === "serve" ? [] : Object.entries(flags).filter(([flag]) => flag !== "help" && flag !== "version");
  const rows = own.map(([flag, of]) =>
    [code(flagOf(flag, of)), of.fallbackNote ?? of.fallback ?? "", of.description].map(cell),
  );
  const flagged =
    name === "serve" ? "Its flags are the [settings](#settings)." : table(["flag", "default", "meaning"], rows);
  const shown = `${indented([usage])}\n\n${summary}.`;
  return `### ${name}\n\n${shown}\n\n${rows.length === 0 && name !== "serve" ? "" : `${flagged}\n\n`}${indented(examples)}`;
}

function environment(): string {
  const rows = [
    ["`CACHING_PROXY_…`", "each setting, by its name [above](#settings); a switch is `true` or `false`"],
    [
      code(KEY_VARIABLE),
      "the key by which fixtures' [pseudonyms](recording.md#secrets) are made, where a team is to share one",
    ],
    ["`CACHING_PROXY_URL`", "set for the command behind `--`: where it finds the proxy"],
    ["`NO_COLOR`, `TERM=dumb`", "take colours away from all that is printed"],
    ["`XDG_CONFIG_HOME`", "where the certificate of `--tls auto` lies (default: `~/.config`)"],
    [
      Object.keys(MADE_BY_US).map(code).join(", "),
      "set by the command, for which it starts itself anew: how many requests may be open to the origin, and how memory is given back. What is there already stays, and where all is there, one start is enough",
    ],
  ];
  const text = "A `.env` file in the working folder changes nothing.";
  return `## Environment\n\n${table(["variable", "meaning"], rows)}\n\n${text}`;
}

const EXIT_CODES = `## Exit codes

${table(
  ["code", "when"],
  [
    ["0", "all is well; a proxy was stopped by SIGINT or SIGTERM"],
    [
      "1",
      "could not start, or reach the proxy that was asked; a check found something (`doctor`), or a part could not be done (`warm`)",
    ],
    ["2", "wrong usage: a flag, a value, the config file"],
    ["3", "a `--frozen` run met requests without a fixture"],
    ["130, 143", "a second SIGINT or SIGTERM ended it at once"],
  ],
)}

A command behind \`--\` gives its own, and 128 and the signal's number where one ended it; where it gives 0, that of the proxy counts.`;

function flagOf(name: string, { alias, valueHint }: Flag): string {
  return `${alias === undefined ? "" : `-${alias}, `}--${name}${valueHint === undefined ? "" : ` ${valueHint}`}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A bar would begin the next cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join("\n");
}
