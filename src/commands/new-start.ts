import { ownWords } from "./behind-dashes.ts";
import { isWorker, ownArguments } from "./own-command.ts";

const VARIABLE = "BUN_CONFIG_MAX_HTTP_REQUESTS";
/** As many as the variable takes, less what else needs a port. */
const LIMIT = "65336";

/**
 * How memory is given back. By itself the collector lets twice as much garbage pile up as is in use, the cache included; with three tenths a
 * process that is flooded stays within its bound (`bun run bench:memory flood`). With little in use that would have it collect all the time, and
 * go through all that is alive every other time: so up to 64 MB nothing is collected. And no thread goes after holes within pages, which come
 * and go with each response: that took a twelfth of a miss. A Bun that does not know a variable of the collector's does not start: only the one
 * that was measured is told.
 */
export const MEMORY = {
  BUN_JSC_heapGrowthMaxIncrease: "0.3",
  BUN_JSC_largeHeapSize: String(64 * 1024 * 1024),
  MIMALLOC_PURGE_HOLES: "0",
};
const MEASURED = "1.4.5";
/** All that a new start sets. */
export const MADE_BY_US: Readonly<Record<string, string>> = {
  ...(Bun.version === MEASURED ? MEMORY : {}),
  [VARIABLE]: LIMIT,
};

/** Words by which a command line asks for something else than to serve, for which one start is enough. */
const NOT_SERVING = new Set([
  "-h",
  "--help",
  "help",
  "-v",
  "--version",
  "clear",
  "stats",
  "purge",
  "warm",
  "entries",
  "rules",
  "scenario",
  "explain",
  "tail",
  "top",
  "import",
  "export",
  "init",
  "doctor",
  "complete",
  "--clear-cache",
]);

/**
 * Lets as many requests to the origin be open at once as the system allows. Bun stops at 256 unless a variable says otherwise, which it
 * reads only as the process starts: so this starts it anew, the same process with the same arguments. Where a system cannot, 256 it is.
 * With the same start it is told how memory is given back.
 * To be called before anything is loaded that the new start would load again.
 * @param argv the words of the command line
 */
export function startAnew(argv: readonly string[]): void {
  const isReady = Object.keys(MADE_BY_US).every((name) => process.env[name] !== undefined);
  if (isReady || process.execve === undefined) return;
  // A supervisor has done that for its workers, who would lose their line to it by a new start.
  if (isWorker() || ownWords(argv).some((word) => NOT_SERVING.has(word))) return;
  const variables = { ...MADE_BY_US, ...process.env };
  try {
    process.execve(process.execPath, [process.argv0, ...ownArguments()], variables);
  } catch (error) {
    console.error(`warning: at most 256 requests to the origin will be open at once: ${String(error)}`);
  }
}
