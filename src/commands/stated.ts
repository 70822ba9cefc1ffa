import { type ConfigFile, configPath, readConfigFile } from "../config/file.ts";
import type { Flags } from "../config/flags.ts";
import { type Given, gather } from "../config/given.ts";
import type { FollowingParts, Telling } from "./follow-config.ts";
import { isWorker } from "./own-command.ts";
import { wanted } from "./wanted.ts";

/** Has changes of the config file count for a server that listens; one that was started without a config file has none. */
export type Follow = (
  server: { readonly replaceRules: FollowingParts["replaceRules"] | undefined },
  tell: Telling,
) => void;

/** What was said for each flag, by whoever said it, and the config file where there is one. */
export type Stated = { readonly given: Given; readonly file: ConfigFile | undefined; readonly follow: Follow };

/**
 * Gathers what flags, environment and config file say.
 * @param args what citty parsed
 * @throws Failure where there is something wrong with the config file
 */
export async function stated(flags: Flags, args: Readonly<Record<string, unknown>>): Promise<Stated> {
  const folder = process.cwd();
  // Of what citty gave a copy: at each name that was not said it would try other spellings, which takes long for so many.
  const said = { ...args };
  const { config } = flags;
  const path = configPath(gather(config ? { config } : {}, said, process.env).get("config")?.text, folder);
  const file = path === undefined ? undefined : wanted(await readConfigFile(path, folder));
  // A worker has settings of its supervisor's time, as variables, or it would be another one than its fellows.
  const gathered = (from: ConfigFile | undefined): Given =>
    gather(flags, said, process.env, isWorker() ? undefined : from);
  const follow: Follow = async ({ replaceRules }, tell) => {
    if (file === undefined || replaceRules === undefined) return;
    const { Following } = await import("./follow-config.ts");
    let readings = 0;
    const read = (path: string) => readConfigFile(path, folder, ++readings);
    new Following(file, { read, given: gathered, replaceRules, tell }).begin();
  };
  return { given: gathered(file), file, follow };
}
