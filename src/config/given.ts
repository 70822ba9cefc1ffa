import { HIDDEN, masking } from "../http/masked.ts";
import { settingOf, variableOf } from "./flag-names.ts";
import type { Flags } from "./flags.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** A value as it was written, and by what name the user knows it: the flag, the environment variable or the member of a config file. */
export type GivenValue = {
  readonly text: string;
  readonly label: string;
  /** The config file that says so. */
  readonly file?: string;
  /** False for a default. */
  readonly stated: boolean;
};

/** What was said for each flag that has a value. */
export type Given = ReadonlyMap<string, GivenValue>;

/** What a config file says of flags, as texts by their names. */
export type FileSettings = { readonly name: string; readonly settings: ReadonlyMap<string, string> };

/** The variables of a process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The same as variables, for a process that is to know what a file said whatever it says by now. */
export function asVariables({ settings }: FileSettings): Environment {
  return Object.fromEntries([...settings].map(([name, text]) => [variableOf(name), text]));
}

/**
 * Lays the sources of settings over each other: flags, then `CACHING_PROXY_*`, then the config file, then defaults.
 * @param args what citty parsed, by flag name; strings and booleans
 */
export function gather(
  flags: Flags,
  args: Readonly<Record<string, unknown>>,
  env: Environment,
  file?: FileSettings,
): Given {
  const given = new Map<string, GivenValue>();
  for (const [name, flag] of Object.entries(flags)) {
    const argument = args[name];
    const variable = variableOf(name);
    const fromEnv = env[variable];
    const fromFile = flag.action ? undefined : file?.settings.get(name);
    if (typeof argument === "string" || typeof argument === "boolean") {
      given.set(name, { text: String(argument), label: `--${name}`, stated: true });
    } else if (!flag.action && fromEnv !== undefined && fromEnv !== "" && !isServiceLink(name, fromEnv)) {
      given.set(name, { text: fromEnv, label: variable, stated: true });
    } else if (file !== undefined && fromFile !== undefined) {
      given.set(name, { text: fromFile, label: settingOf(name), file: file.name, stated: true });
    } else if (flag.fallback !== undefined) {
      given.set(name, { text: flag.fallback, label: `--${name}`, stated: false });
    }
  }
  return given;
}

/**
 * Reads one setting.
 * @returns the value, undefined where nothing was said and there is no default, or a whole sentence that names the
 * flag or variable and its value
 */
export function read<T>(
  given: Given,
  name: string,
  parse: (text: string) => Parsed<T>,
  secrecy: "show" | "hide" = "show",
): Parsed<T | undefined> {
  const value = given.get(name);
  if (value === undefined) return accept(undefined);
  const parsed = parse(value.text);
  if (parsed.ok) return parsed;
  return refuse(`${secrecy === "hide" ? unnamed(value) : named(value)} ${parsed.message}`);
}

/** Like {@link read}, where having no value is wrong as well. */
export function readRequired<T>(given: Given, name: string, parse: (text: string) => Parsed<T>): Parsed<T> {
  const parsed = read(given, name, parse);
  if (!parsed.ok) return parsed;
  return parsed.value === undefined ? refuse(`--${name} is missing`) : accept(parsed.value);
}

/** A switch that nobody touched is off. */
export function readSwitch(given: Given, name: string): Parsed<boolean> {
  const parsed = read(given, name, parseSwitch);
  return parsed.ok ? accept(parsed.value ?? false) : parsed;
}

/** How a sentence names a value: `--ttl "5x"`, or `ttl "5x" in caching-proxy.config.ts`. Secrets in a URL are masked. */
export function named(value: GivenValue): string {
  const text = JSON.stringify(maskedSetting(value.text));
  return `${value.label} ${text}${placeOf(value)}`;
}

/** Whatever is wrong with a URL: a password stands before an `@`, whose host may be missing, or whose scheme. */
export function maskedSetting(text: string): string {
  const withoutUser = text.includes("@") ? text.replace(/^([a-z][\w+.-]*:\/\/|\/\/)?.*@/is, `$1${HIDDEN}@`) : text;
  return mask(withoutUser.replace(/(?<=^[a-z]+:\/\/[^:/]*:)[^@/:]*[^@/:\d][^@/:]*$/i, HIDDEN));
}

const mask = masking([]);

/** The same of a value that nobody is to see. */
function unnamed(value: GivenValue): string {
  return value.label + placeOf(value);
}

function placeOf({ file }: GivenValue): string {
  return file === undefined ? "" : ` in ${file}`;
}

function parseSwitch(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) return accept(true);
  if (["false", "0", "no", "off"].includes(word)) return accept(false);
  return refuse("is not a switch: write true or false");
}

/** Kubernetes sets CACHING_PROXY_PORT=tcp://10.0.0.1:3000 beside a Service named caching-proxy: nobody's setting. */
function isServiceLink(name: string, text: string): boolean {
  return name === "port" && /^(tcp|udp|sctp):\/\//.test(text);
}
