import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { defineCommand, runCommand } from "citty";
import { configTemplate } from "../config/config-template.ts";
import { configFileOf } from "../config/file-name.ts";
import { serveFlags } from "../config/flags.ts";
import { gather, read } from "../config/given.ts";
import { initFlags } from "../config/init-flags.ts";
import { parseOrigin } from "../config/origin.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { print } from "./terminal.ts";
import { wanted } from "./wanted.ts";

/** `caching-proxy init` */
export const init = (rawArgs: string[]) => runCommand(command, { rawArgs });

const NAME = "caching-proxy.config.ts";

const command = defineCommand({
  meta: { name: "init", description: catalog.init.summary },
  args: initFlags,
  run: async ({ args }) => {
    const origin = wanted(read(gather(initFlags, args, process.env), "origin", parseOrigin));
    const folder = process.cwd();
    const there = configFileOf(folder);
    if (there !== undefined) throw new Failure(1, `there is ${basename(there)} already, which stays as it is`);
    try {
      // Whoever writes one in this moment has it.
      await writeFile(join(folder, NAME), configTemplate(serveFlags, origin?.href), { flag: "wx" });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Failure(1, `${NAME} cannot be written (${why})`);
    }
    const next =
      origin === undefined ? "say in it which server to cache" : "it is read by the next start in this folder";
    print(() => `wrote ${NAME}: ${next}\n`);
  },
});
