#!/usr/bin/env -S bun --no-env-file
import { runCommand } from "citty";
import { readArguments } from "./commands/arguments.ts";
import type { CommandName } from "./commands/catalog.ts";
import { clear } from "./commands/clear.ts";
import { Failure } from "./commands/failure.ts";
import { renderHelp } from "./commands/help.ts";
import { serve } from "./commands/serve.ts";
import { stats } from "./commands/stats.ts";
import { isColoured, stderr } from "./commands/terminal.ts";
import { version } from "./commands/version.ts";

const commands: Readonly<Record<CommandName, (rawArgs: string[]) => Promise<unknown>>> = {
  serve: (rawArgs) => runCommand(serve, { rawArgs }),
  clear: (rawArgs) => runCommand(clear, { rawArgs }),
  stats: (rawArgs) => runCommand(stats, { rawArgs }),
};

process.exit(await main(process.argv.slice(2)));

/** Does what the command line asks and gives the exit code: 0 fine, 1 could not start or reach, 2 wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  const wish = readArguments(argv);
  switch (wish.type) {
    case "help":
      process.stdout.write(renderHelp(wish.command, isColoured(process.stdout)));
      return 0;
    case "version":
      process.stdout.write(`caching-proxy ${version}\n`);
      return 0;
    case "refused":
      stderr.error(wish.message);
      return 2;
    case "run":
      return run(wish.command, [...wish.rawArgs]);
  }
}

async function run(command: CommandName, rawArgs: string[]): Promise<number> {
  try {
    await commands[command](rawArgs);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    stderr.error(error.message);
    return error.exitCode;
  }
}
