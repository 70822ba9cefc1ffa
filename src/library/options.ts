import { checkConfig } from "../config/check-config.ts";
import type { ConfigFile } from "../config/file.ts";
import { settingOf } from "../config/flag-names.ts";
import { serveFlags } from "../config/flags.ts";
import { gather } from "../config/given.ts";
import { resolveSettings } from "../config/resolve.ts";
import type { Settings } from "../config/settings.ts";
import type { Config } from "../config/written.ts";
import type { Rule } from "../rules/rule.ts";

/**
 * What `createProxy` takes: what a config file may hold, by the same names and with the same values. Durations are texts with a unit
 * (`"500ms"`, `"5m"`) or 0, sizes are texts with a unit (`"64mb"`) or numbers of bytes. Neither environment variables nor a config file
 * are read, unless `config` names one.
 */
export type ProxyOptions = Omit<Config, "$schema" | "config" | "origin" | "workers"> & {
  /** Told of what goes wrong while it serves; `console.error` where it is left out. */
  readonly onError?: (error: unknown) => void;
  /** The library is one process. */
  readonly workers?: never;
} & (
    | {
        /** The server to cache, http or https; a base path is kept. */
        readonly origin: string | URL;
        /** A config file whose settings and rules count behind those given here; where it listens, how it logs and its workers are left out. */
        readonly config?: string;
      }
    | { readonly origin?: string | URL; readonly config: string }
    /** Nobody is asked. */
    | { readonly origin?: string | URL; readonly config?: string; readonly frozen: true }
  );

/** Options, a rule or a question that mean nothing we know; the message names the path, the value and what is allowed. */
export class InvalidOptions extends TypeError {
  override readonly name = "InvalidOptions";
}

/** Options as they were checked: settings are still texts, which are read together with those of a config file. */
export type CheckedOptions = {
  readonly said: ReadonlyMap<string, string>;
  readonly rules: readonly Rule[];
  readonly seed: number | undefined;
  readonly origins: ConfigFile["origins"];
  /** The path of the config file, as it was given. */
  readonly config: string | undefined;
  readonly onError: (error: unknown) => void;
};

const NAME = "createProxy(options)";

const AS_IN = `pass the server's URL, as in { origin: "http://dummyjson.com" }`;

/** What a file says of these is for the command: a port of its own, and its terminal. */
const OF_THE_COMMAND: ReadonlySet<string> = new Set(["port", "host", "workers", "log", "log-file"]);

/** @throws InvalidOptions where an option is unknown, or its value of the wrong kind */
export function checkOptions(options: ProxyOptions): CheckedOptions {
  const { config, origin, onError = console.error, workers, ...others } = options;
  if (workers !== undefined) {
    throw new InvalidOptions(
      `workers ${JSON.stringify(workers)} in ${NAME} is for the command: the library is one process; start caching-proxy --workers N to have several`,
    );
  }
  if (typeof onError !== "function") throw new InvalidOptions(`onError in ${NAME} is not a function`);
  if (config !== undefined && typeof config !== "string")
    throw new InvalidOptions(`config ${JSON.stringify(config)} in ${NAME} is not the path of a file`);
  const content = origin === undefined ? others : { ...others, origin: origin instanceof URL ? origin.href : origin };
  const checked = checkConfig(serveFlags, content, NAME);
  if (!checked.ok) throw new InvalidOptions(checked.message);
  const { settings, rules, seed, origins } = checked.value;
  return { said: settings, rules, seed, origins, config, onError };
}

/**
 * Makes settings of options and, where there is one, of the config file behind them.
 * @throws InvalidOptions where a value means nothing
 */
export function settingsFrom({ said, rules, seed, origins }: CheckedOptions, file?: ConfigFile): Settings {
  const settings = [...(file?.settings ?? [])].filter(([name]) => !OF_THE_COMMAND.has(name));
  const given = new Map(gather(serveFlags, {}, {}, { name: file?.name ?? NAME, settings: new Map(settings) }));
  given.set("port", { text: "0", label: "port", stated: false });
  if (!said.has("log-file")) given.set("log", { text: "off", label: "log", stated: false });
  for (const [name, text] of said) given.set(name, { text, label: settingOf(name), file: NAME, stated: true });
  if (!given.has("origin") && given.get("frozen")?.text !== "true") {
    const behind = file === undefined ? "" : ` and in ${file.name}`;
    throw new InvalidOptions(`origin is missing in ${NAME}${behind}: ${AS_IN}`);
  }
  const all = [...rules, ...(file?.rules ?? [])];
  const resolved = resolveSettings(given, false, {
    ...{ name: file?.name ?? NAME, rules: all, seed: seed ?? file?.seed },
    origins: [...(origins ?? []), ...(file?.origins ?? [])],
  });
  if (!resolved.ok) throw new InvalidOptions(inOptions(resolved.message));
  return { ...resolved.value, workers: 1 };
}

/** A sentence about flags as one about options: nobody here has a command line, and no variable is read. */
export function inOptions(message: string): string {
  return message
    .replace(/set CACHING_PROXY_\w+ or /, "")
    .replaceAll(/(?<![\w-])--([a-z]+(?:-[a-z]+)*)/g, (_, flag: string) => settingOf(flag));
}
