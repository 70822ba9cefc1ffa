import { readArguments } from "./arguments.ts";
import type { CommandName } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { compileAsUsual } from "./machine-code.ts";
import { print, stderr } from "./terminal.ts";

/** Each command is loaded only where it is the one that runs. */
const commands: Readonly<Record<CommandName, () => Promise<(rawArgs: string[]) => Promise<unknown>>>> = {
  serve: async () => (await import("./serve.ts")).serve,
  clear: async () => (await import("./clear.ts")).clear,
  stats: async () => (await import("./stats.ts")).stats,
  purge: async () => (await import("./purge.ts")).purge,
  entries: async () => (await import("./entries.ts")).entries,
  explain: async () => (await import("./explain.ts")).explain,
  tail: async () => (await import("./tail.ts")).tail,
  complete: async () => (await import("./complete.ts")).complete,
  init: async () => (await import("./init.ts")).init,
  doctor: async () => (await import("./doctor.ts")).doctor,
  top: async () => (await import("./top.ts")).top,
  rules: async () => (await import("./rules.ts")).rules,
  scenario: async () => (await import("./scenario.ts")).scenario,
  import: async () => (await import("./import.ts")).importArchive,
  export: async () => (await import("./export.ts")).exportArchive,
  warm: async () => (await import("./warm.ts")).warm,
};

/** Does what the command line asks and gives the exit code: 0 fine, 1 could not start or reach, 2 wrong usage, 3 a `--frozen` run without all its fixtures; or that of a command behind `--`. */
export async function run(argv: readonly string[]): Promise<number> {
  const wish = readArguments(argv);
  switch (wish.type) {
    case "help": {
      const { renderHelp } = await import("./help.ts");
      print((coloured) => renderHelp(wish.command, coloured));
      return 0;
    }
    case "version": {
      const { version } = await import("./version.ts");
      print(() => `caching-proxy ${version}\n`);
      return 0;
    }
    case "refused":
      stderr.error(wish.message);
      return 2;
    case "run":
      return runCommand(wish.command, [...wish.rawArgs]);
  }
}

async function runCommand(name: CommandName, rawArgs: string[]): Promise<number> {
  try {
    const command = await commands[name]();
    // To serve begins with a start of its own.
    if (name !== "serve") compileAsUsual();
    const code = await command(rawArgs);
    return typeof code === "number" ? code : 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    stderr.error(error.message);
    return error.exitCode;
  }
}
