import { parseArgs } from "node:util";
import type { Flag, Flags } from "../config/flags.ts";
import { nearest } from "../config/nearest.ts";
import { accept, type Parsed, refuse } from "../config/parsed.ts";
import { ownWords, wordsBehind } from "./behind-dashes.ts";
import { type CommandName, catalog, commandNames, isCommandName } from "./catalog.ts";

/** What a command line asks for. */
export type Wish =
  | { readonly type: "help"; readonly command: CommandName | undefined }
  | { readonly type: "version" }
  /** `rawArgs` say the same as what was typed in the one form that leaves citty nothing to guess: `--name=value`; and what is behind `--`. */
  | { readonly type: "run"; readonly command: CommandName; readonly rawArgs: readonly string[] }
  | { readonly type: "refused"; readonly message: string };

type Token = {
  readonly name: string;
  readonly typed: string;
  readonly value: string | undefined;
  readonly inline: boolean;
};
type Words = { readonly options: readonly Token[]; readonly positionals: readonly string[] };

const everyFlag: Flags = Object.fromEntries(Object.values(catalog).flatMap(({ flags }) => Object.entries(flags)));

/** Reads a command line strictly, which citty does not: it overlooks unknown flags, repeated ones and lacking values. */
export function readArguments(line: readonly string[]): Wish {
  const argv = ownWords(line);
  const behind = wordsBehind(line);
  const { options, positionals } = tokenize(argv);
  const [first, ...rest] = positionals;
  const named = isCommandName(first) ? first : undefined;
  if (first === "help") return helpOn(rest[0]);
  if (options.some(({ name }) => name === "help")) return { type: "help", command: named };
  const command = named ?? "serve";
  const rawArgs = new Map<string, readonly string[]>();
  for (const option of options) {
    const checked = checkOption(option, command, argv);
    if (!checked.ok) return { type: "refused", message: checked.message };
    const before = rawArgs.get(option.name) ?? [];
    if (before.length > 0 && !flagOf(catalog[command].flags, option.name)?.repeatable) {
      return { type: "refused", message: `--${option.name} is given twice` };
    }
    rawArgs.set(option.name, [...before, checked.value]);
  }
  if (options.some(({ name }) => name === "version")) return { type: "version" };
  const operand = checkOperands(named === undefined ? positionals : rest, command, named === undefined);
  if (!operand.ok) return { type: "refused", message: operand.message };
  const { name, title } = catalog[command].operand ?? { name: "", title: "" };
  if (operand.value !== undefined) {
    if (rawArgs.has(name)) {
      return { type: "refused", message: `${title} is given twice: by --${name} and without it` };
    }
    rawArgs.set(
      name,
      operand.value.map((value) => `--${name}=${value}`),
    );
  }
  const own = [...rawArgs.values()].flat();
  if (behind === undefined) return { type: "run", command, rawArgs: own };
  if (command !== "serve" && command !== "complete") {
    return { type: "refused", message: `what is behind -- is run while a proxy serves, and ${command} serves nothing` };
  }
  if (command === "serve" && behind.length === 0) {
    return { type: "refused", message: "the command behind -- is missing: write it as in -- bun test" };
  }
  return { type: "run", command, rawArgs: [...own, "--", ...behind] };
}

function helpOn(word: string | undefined): Wish {
  if (word === undefined || isCommandName(word)) return { type: "help", command: word };
  const meant = nearest(word, commandNames);
  const hint = meant === undefined ? `there are ${commandNames.join(", ")}` : `did you mean "${meant}"?`;
  return { type: "refused", message: `there is no command "${word}"; ${hint}` };
}

/** All values of a flag that may be repeated, of `rawArgs`: citty keeps the last. */
export function valuesOf(rawArgs: readonly string[], name: string): readonly string[] {
  const before = `--${name}=`;
  return rawArgs.filter((word) => word.startsWith(before)).map((word) => word.slice(before.length));
}

function tokenize(argv: readonly string[]): Words {
  const options = Object.fromEntries(
    Object.entries(everyFlag).map(([name, { type, alias }]) => [name, alias ? { type, short: alias } : { type }]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  return {
    options: tokens.flatMap((token) =>
      token.kind === "option"
        ? [{ name: token.name, typed: token.rawName, value: token.value, inline: token.inlineValue === true }]
        : [],
    ),
    positionals: tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : [])),
  };
}

/** Gives the option in citty's form, or says what is wrong with it. */
function checkOption(option: Token, command: CommandName, argv: readonly string[]): Parsed<string> {
  const { name, typed } = option;
  const oneDash = argv.find((word) => /^-[a-z][a-z-]+(=|$)/.test(word) && Object.hasOwn(everyFlag, longName(word)));
  if (oneDash !== undefined && !typed.startsWith("--")) {
    return refuse(`there is no flag ${oneDash}; did you mean --${longName(oneDash)}?`);
  }
  const flag = flagOf(catalog[command].flags, name);
  if (flag === undefined) return refuse(unknownFlag(name, typed, command));
  if (flag.type === "boolean") return checkSwitch(option);
  const value = option.typed.startsWith("--") ? option.value : option.value?.replace(/^=/, "");
  // A negative number is a value, if a bad one; any other dash begins the next flag.
  const swallowed = !option.inline && value !== undefined && /^-(?!\d)/.test(value);
  if (value === undefined || value === "" || swallowed) {
    const example = flag.fallback ?? flag.valueHint ?? "VALUE";
    return refuse(`${typed} needs a value, as in ${typed} ${example}`);
  }
  return accept(`--${name}=${value}`);
}

function checkSwitch({ name, typed, value }: Token): Parsed<string> {
  if (value === undefined) return accept(`--${name}`);
  return value === "true" || value === "false"
    ? accept(`--${name}=${value}`)
    : refuse(`${typed} is a switch: leave out "${value}"`);
}

/** Gives what is named without a flag, where anything is. */
function checkOperands(
  operands: readonly string[],
  command: CommandName,
  implied: boolean,
): Parsed<readonly string[] | undefined> {
  const [first, second] = operands;
  if (first === undefined) return accept(undefined);
  if (implied && /^[\w-]+$/.test(first) && first !== "localhost") return refuse(unknownCommand(first));
  const { operand } = catalog[command];
  const unexpected = operand === undefined ? first : operand.repeatable ? undefined : second;
  return unexpected === undefined ? accept(operands) : refuse(unexpectedArgument(unexpected, command));
}

function unknownFlag(name: string, typed: string, command: CommandName): string {
  const owner = commandNames.find((other) => isCommandName(other) && flagOf(catalog[other].flags, name) !== undefined);
  if (owner !== undefined && typed === `--${name}`) return `${typed} is a flag of ${owner}, not of ${command}`;
  const meant = typed.startsWith("--") ? nearest(name, Object.keys(catalog[command].flags)) : undefined;
  if (meant !== undefined) return `there is no flag ${typed}; did you mean --${meant}?`;
  return `there is no flag ${typed}; see caching-proxy ${command === "serve" ? "" : `${command} `}--help`;
}

function unknownCommand(word: string): string {
  const meant = nearest(word, [...commandNames, "help"]);
  if (meant !== undefined) return `there is no command "${word}"; did you mean "${meant}"?`;
  return `there is no command "${word}" (there are ${commandNames.join(", ")}), and an origin is written as a URL: http://${word}`;
}

function unexpectedArgument(word: string, command: CommandName): string {
  const meant = nearest(word, commandNames);
  const hint = meant === undefined || meant === command ? "" : `; the command ${meant} would come first`;
  return `unexpected argument "${word}" after ${catalog[command].operand?.title ?? command}${hint}`;
}

function flagOf(flags: Flags, name: string): Flag | undefined {
  return Object.hasOwn(flags, name) ? flags[name] : undefined;
}

function longName(word: string): string {
  return word.replace(/^-/, "").replace(/=.*$/, "");
}
