import { styleText } from "node:util";
import { type Flag, type Flags, GROUPS } from "../config/flags.ts";
import { type CommandName, catalog } from "./catalog.ts";
import { MANUAL } from "./manual.ts";
import { wrapped } from "./wrapped.ts";

/** What a terminal has at least. */
const WIDTH = 80;
const IN = "    ";
/** Where what is said of a flag, a variable or a file begins. */
const DEEP = " ".repeat(10);

/** What a page says of one thing. */
type Item = { readonly term: string; readonly text: string };

/**
 * The page of a command, or of the whole program, which is the one of `serve` with the list of commands; laid out as manual pages are.
 * @param coloured whether to emphasize with ANSI sequences
 */
export function renderHelp(command: CommandName | undefined, coloured: boolean): string {
  const name = command ?? "serve";
  const { summary, usage, flags, examples } = catalog[name];
  const { description, exit = [] } = MANUAL[name];
  const title = (text: string) => (coloured ? styleText("bold", text, { validateStream: false }) : text);
  const painted = (text: string) => (coloured ? styleText("cyan", text, { validateStream: false }) : text);

  const section = (heading: string, body: readonly string[]): readonly string[] => [title(heading), ...body, ""];
  const items = (all: readonly Item[]): readonly string[] =>
    all.flatMap(({ term, text }) => [
      `${IN}${painted(term)}`,
      ...wrapped(text, WIDTH - DEEP.length).map((line) => `${DEEP}${line.replaceAll(HARD_SPACE, " ")}`),
    ]);
  const groups = GROUPS.map((group) => ({ group, of: itemsOf(flags, group) })).filter(({ of }) => of.length > 0);

  return [
    ...section(
      "NAME",
      block(`caching-proxy${command === undefined ? "" : ` ${command}`} - ${begun(command, summary)}`),
    ),
    ...section("SYNOPSIS", [`${IN}${usage}`, ...(command === undefined ? [`${IN}caching-proxy COMMAND [flags]`] : [])]),
    ...section("DESCRIPTION", paragraphs(description)),
    ...(command === undefined ? section("COMMANDS", commands(painted)) : []),
    ...section(
      "OPTIONS",
      groups.flatMap(({ group, of }, i) => [...(i === 0 ? [] : [""]), `  ${title(group)}`, ...items(of)]),
    ),
    ...section("EXAMPLES", examplesOf(command, examples).flatMap(shownExample)),
    ...section("ENVIRONMENT", items(ENVIRONMENT)),
    ...section("EXIT STATUS", items(exitsOf(exit))),
    ...section("FILES", items(FILES)),
  ].join("\n");
}

const ENVIRONMENT: readonly Item[] = [
  {
    term: "CACHING_PROXY_…",
    text: "Each setting, by its flag's name: --admin-prefix is CACHING_PROXY_ADMIN_PREFIX. A flag wins over the environment, and that over a config file. Sizes read 64kb, 256mb, 1gb; durations 500ms, 30s, 5m, 1h, 7d.",
  },
  { term: "CACHING_PROXY_URL", text: "Where a command behind -- finds the proxy." },
  { term: "NO_COLOR, TERM=dumb", text: "Either has all that is printed without colours." },
];

const FILES: readonly Item[] = [
  {
    term: "caching-proxy.config.{ts,js,mjs,json,jsonc,yaml,yml,toml}",
    text: "Settings and rules, in the working folder or where --config says. A .env file there changes nothing.",
  },
  {
    term: "$XDG_CONFIG_HOME/caching-proxy/tls/ (or in ~/.config)",
    text: "The certificate of --tls auto, and the authority that vouches for it.",
  },
];

const EXITS: readonly (readonly [string, string])[] = [
  ["0", "Fine."],
  ["1", "It could not start, or reach what it asks."],
  ["2", "Wrong usage: a flag, an argument or the config."],
];

/** What the exit codes mean: those of all commands, and what this one means by them. */
function exitsOf(own: readonly (readonly [string, string])[]): readonly Item[] {
  return [...new Map([...EXITS, ...own])].map(([term, text]) => ({ term, text }));
}

function begun(command: CommandName | undefined, summary: string): string {
  if (command === undefined) return "an HTTP cache to put in front of any API with one command";
  return `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`;
}

function block(text: string): readonly string[] {
  return wrapped(text, WIDTH - IN.length).map((line) => `${IN}${line}`);
}

function paragraphs(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text, i) => [...(i === 0 ? [] : [""]), ...block(text)]);
}

function commands(painted: (text: string) => string): readonly string[] {
  const width = Math.max(...Object.keys(catalog).map(({ length }) => length)) + 2;
  const rows = Object.entries(catalog).flatMap(([name, { summary }]) => {
    const [first = "", ...rest] = wrapped(summary, WIDTH - IN.length - width);
    return [
      `${IN}${painted(name)}${" ".repeat(width - name.length)}${first}`,
      ...rest.map((line) => `${IN}${" ".repeat(width)}${line}`),
    ];
  });
  return [...rows, "", ...block("caching-proxy help COMMAND has the page of each.")];
}

function examplesOf(command: CommandName | undefined, own: readonly string[]): readonly string[] {
  return command === undefined ? [...own, ...catalog.clear.examples] : own;
}

/** A long one goes on in a second line, before a flag. */
function shownExample(example: string): readonly string[] {
  const [first = "", ...rest] = wrapped(
    example
      .split(/ (?=-)/)
      .map(unbroken)
      .join(" "),
    WIDTH - IN.length - 2,
  );
  const lines = [`${IN}${first}`, ...rest.map((line) => `${IN}${IN}${line}`)];
  return lines.map((line, i) => `${line.replaceAll(HARD_SPACE, " ")}${i < lines.length - 1 ? " \\" : ""}`);
}

/** A space at which no line is broken. */
const HARD_SPACE = "\u00A0";

function unbroken(text: string): string {
  return text.replaceAll(" ", HARD_SPACE);
}

function itemsOf(flags: Flags, group: Flag["group"]): readonly Item[] {
  return Object.entries(flags)
    .filter(([, flag]) => flag.group === group)
    .map(([name, flag]) => ({ term: nameOf(name, flag), text: descriptionOf(flag) }));
}

function nameOf(name: string, flag: Flag): string {
  const short = flag.alias === undefined ? "" : `-${flag.alias}, `;
  return `${short}--${name}${flag.valueHint === undefined ? "" : ` ${flag.valueHint}`}`;
}

function descriptionOf(flag: Flag): string {
  const fallback = flag.fallbackNote ?? flag.fallback;
  return fallback === undefined ? flag.description : `${flag.description} ${unbroken(`(default: ${fallback})`)}`;
}
