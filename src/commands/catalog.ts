import { clearFlags, type Flags, serveFlags, statsFlags } from "../config/flags.ts";

/** What there is to say about a command before it runs. */
export type CommandInfo = {
  readonly summary: string;
  readonly usage: string;
  readonly flags: Flags;
  readonly examples: readonly string[];
};

/** The names of the commands; `serve` is the one that is meant where none is named. */
export type CommandName = "serve" | "clear" | "stats";

/** Every command, in the order of the help page. */
export const catalog: Readonly<Record<CommandName, CommandInfo>> = {
  serve: {
    summary: "Start a caching proxy in front of an origin (the default command)",
    usage: "caching-proxy [serve] --origin URL [flags]",
    flags: serveFlags,
    examples: [
      "caching-proxy --port 3000 --origin http://dummyjson.com",
      "caching-proxy http://localhost:8080 --ttl 5m",
      "CACHING_PROXY_ADMIN_TOKEN=secret caching-proxy https://api.example.com --host 0.0.0.0",
    ],
  },
  clear: {
    summary: "Clear the cache of a running proxy",
    usage: "caching-proxy clear [flags]",
    flags: clearFlags,
    examples: ["caching-proxy clear --port 3000"],
  },
  stats: {
    summary: "Show what a running proxy has done so far",
    usage: "caching-proxy stats [flags]",
    flags: statsFlags,
    examples: ["caching-proxy stats --port 3000", "caching-proxy stats --json"],
  },
};

/** The commands' names as they are typed. */
export const commandNames: readonly string[] = Object.keys(catalog);

/** Tells a command's name from any other word. */
export function isCommandName(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(catalog, word);
}
