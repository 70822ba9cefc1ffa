import type { CommandName } from "./catalog.ts";

/** What a command's page says of it besides its flags: paragraphs, and what its exit codes mean beyond those of all. */
type Manual = { readonly description: readonly string[]; readonly exit?: readonly (readonly [string, string])[] };

const ASKS = "It asks the proxy that runs on --port, by its admin paths.";

/** The pages of the commands. */
export const MANUAL: Readonly<Record<CommandName, Manual>> = {
  serve: {
    description: [
      "Listens on --port and answers from what it has stored, as RFC 9111 allows, or else asks the origin. Each answer says what was done: X-Cache (HIT, STALE, REVALIDATED, MISS, BYPASS) in one word, Cache-Status with the reason.",
      "SIGINT and SIGTERM finish what is in flight, for at most 10 seconds; a second one ends it at once. On a terminal keys are answered to: c clears the cache, s shows statistics, o goes offline and online, d opens the live page, q quits, h lists them.",
      "What is behind -- is run while the proxy serves. It finds the proxy at CACHING_PROXY_URL, on a free port unless --port says which, and its exit code is that of the whole.",
    ],
    exit: [["3", "A --frozen run met requests that no fixture answers."]],
  },
  clear: { description: [`Drops all that is stored, in memory and below it. ${ASKS}`] },
  purge: {
    description: [
      `Lets go of what is named: by URL with all variants, by prefix, pattern or tag, or of everything. With --soft it is marked stale instead. ${ASKS}`,
    ],
    exit: [["2", "Wrong usage, or nothing that could be purged."]],
  },
  stats: {
    description: [`Prints requests by outcome, what was saved, what is stored and how the origin does. ${ASKS}`],
  },
  warm: {
    description: [
      "Requests through the running proxy what is going to be asked for: the lines of a file or of standard input, the URLs of a sitemap, or a single URL or path. It asks for less at once, and later, where the origin says so (429, 503, Retry-After).",
    ],
    exit: [["1", "The proxy cannot be reached, or a request failed."]],
  },
  entries: {
    description: [
      `Without a URL it prints a table of what is stored; with one, what is stored for it with fields and state, or a table of what begins with it. Values of cookies and credentials are ***. ${ASKS}`,
    ],
  },
  explain: {
    description: [
      `Says rule by rule what the proxy would do with a request that nobody makes: by which key it is known, what is stored for it, whether that may be used, and what would have to change for a hit. ${ASKS}`,
    ],
  },
  tail: { description: [`Prints each exchange as it passes, until Ctrl-C. ${ASKS}`] },
  top: { description: [`Shows the busiest paths and keeps them current, until q or Ctrl-C. ${ASKS}`] },
  rules: {
    description: [
      "Reads the config file and says of a request which rule decides on what; without a request it lists the rules. With --running it asks the running proxy how often each rule was about a request.",
    ],
  },
  scenario: { description: [`A scenario is a name by which rules and fixtures are switched on together. ${ASKS}`] },
  import: {
    description: [
      "Takes the responses of an archive that a browser or a tool has saved, as far as they may be stored, and says why not the rest. With --fixtures it writes them as files instead, without secrets, and no proxy has to run.",
    ],
  },
  export: {
    description: [
      "Writes an archive that browsers and tools can read: of what is stored, of what passes from now on, or of a folder of fixtures. Values of cookies and credentials are *** unless --with-secrets has them written.",
    ],
  },
  init: {
    description: [
      "Writes caching-proxy.config.ts into the working folder, with every setting and its default in comments. A config file that is there already stays as it is.",
    ],
  },
  doctor: {
    description: [
      "With the flags, environment and config file that a start would have, looks at all that it would need, and says what to do about what is wrong. It starts nothing; the port is free again afterwards. With a folder it looks through the fixtures there instead.",
    ],
    exit: [["1", "There is a problem; warnings alone are none."]],
  },
  complete: {
    description: [
      "Prints a script for the shell, which from then on completes commands and flags. Put the line into the shell's start-up file for good.",
    ],
  },
};
