import { type ConfigFile, configPath, readConfigFile } from "../config/file.ts";
import type { Flags } from "../config/flags.ts";
import { type Given, gather } from "../config/given.ts";
import { wanted } from "./wanted.ts";

/** What was said for each flag, by whoever said it, and the config file where there is one. */
export type Stated = { readonly given: Given; readonly file: ConfigFile | undefined };

/**
 * Gathers what flags, environment and config file say.
 * @param args what citty parsed
 * @throws Failure where there is something wrong with the config file
 */
export async function stated(flags: Flags, args: Readonly<Record<string, unknown>>): Promise<Stated> {
  const folder = process.cwd();
  const path = configPath(gather(flags, args, process.env).get("config")?.text, folder);
  const file = path === undefined ? undefined : wanted(await readConfigFile(path, folder));
  return { given: gather(flags, args, process.env, file), file };
}
