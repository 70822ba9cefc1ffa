import { basename, isAbsolute, relative, resolve } from "node:path";
import type { CheckedConfig } from "./check-config.ts";
import { configFileOf } from "./file-name.ts";
import { type Flags, serveFlags } from "./flags.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** A config file that was read and checked. */
export type ConfigFile = CheckedConfig & {
  /** Absolute. */
  readonly path: string;
  /** What a person calls it. */
  readonly name: string;
  /** As it lay there. */
  readonly text: string;
  /** As it was written: what a person recognises a rule by. */
  readonly content: unknown;
};

/**
 * The path of the config file: the one that is named, or else the one of the folder. It costs a few looks at the folder where there is none.
 * @param named as a person wrote it
 */
export function configPath(named: string | undefined, folder: string): string | undefined {
  return named === undefined ? configFileOf(folder) : resolve(folder, named);
}

/**
 * Reads a config file; what it takes to check one is loaded only here.
 * @param path absolute
 * @param reading how often it was read before
 * @param ourselves what a module gets that imports "caching-proxy": what runs, or what is installed where it lies
 * @returns or sentences that say what is wrong with it
 */
export async function readConfigFile(
  path: string,
  folder: string,
  reading = 0,
  flags: Flags = serveFlags,
  ourselves: "provided" | "installed" = "provided",
): Promise<Parsed<ConfigFile>> {
  const name = nameOf(path, folder);
  const [{ contentOf, reasonOf }, { checkConfig }] = await Promise.all([
    import("./file-text.ts"),
    import("./check-config.ts"),
  ]);
  const read = await contentOf(path, { name, reading, ourselves });
  if (!read.ok) return read;
  const { text, content } = read.value;
  try {
    const checked = checkConfig(flags, content, name);
    return checked.ok ? accept({ ...checked.value, path, name, text, content }) : checked;
  } catch (error) {
    // What a module exports may run when it is looked at.
    return refuse(`${name} cannot be read (${reasonOf(error)})`);
  }
}

/** As short as it is plain where it lies. */
function nameOf(path: string, folder: string): string {
  const short = relative(folder, path);
  return short.startsWith("..") || isAbsolute(short) ? path : short === "" ? basename(path) : short;
}
