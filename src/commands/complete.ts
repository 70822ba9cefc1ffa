import { RootCommand } from "@bomb.sh/tab";
import type { Flag } from "../config/flags.ts";
import { wordsBehind } from "./behind-dashes.ts";
import { type CommandInfo, catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";

/** What a shell knows the program as. */
const NAME = "caching-proxy";
const SHELLS = ["bash", "zsh", "fish", "powershell"];

/** `caching-proxy complete SHELL` prints what a shell is to read; `caching-proxy complete -- WORDS` is what that asks. */
export async function complete(rawArgs: string[]): Promise<void> {
  const words = wordsBehind(rawArgs);
  if (words !== undefined) {
    completions().parse([...words]);
    return;
  }
  const shell = rawArgs.find((word) => word.startsWith("--shell="))?.slice("--shell=".length);
  if (shell === undefined || !SHELLS.includes(shell)) {
    const wrong =
      shell === undefined ? "which shell is missing" : `there are no completions for ${JSON.stringify(shell)}`;
    throw new Failure(2, `${wrong}: write ${SHELLS.join(", ")}, as in source <(caching-proxy complete bash)`);
  }
  completions().setup(NAME, NAME, shell);
}

/** The commands and flags as the help page has them. */
function completions(): RootCommand {
  const root = new RootCommand();
  for (const [name, info] of Object.entries(catalog)) {
    addFlags(root.command(name, info.summary), info);
    // `serve` is meant where no command is named.
    if (name === "serve") addFlags(root, info);
  }
  return root;
}

function addFlags(command: Pick<RootCommand, "option">, { flags }: CommandInfo): void {
  for (const [name, flag] of Object.entries(flags)) {
    const { type, description, alias } = flag;
    if (type === "boolean") command.option(name, description, alias ?? "");
    else if (alias === undefined) command.option(name, description, offering(flag));
    else command.option(name, description, offering(flag), alias);
  }
}

/** Offers the values that a flag takes, where these are words: `lru|s3-fifo`. */
function offering({ valueHint = "", fallback }: Flag) {
  const words = valueHint.split("|").filter((word) => /^[a-z][a-z0-9-]*$/.test(word));
  return (offer: (value: string, description: string) => void): void => {
    for (const word of words) offer(word, word === fallback ? "the default" : "");
  };
}
