import { ownArguments } from "./own-command.ts";
import { stderr } from "./terminal.ts";

const VARIABLE = "BUN_CONFIG_MAX_HTTP_REQUESTS";
/** As many as the variable takes, less what else needs a port. */
const LIMIT = "65336";

/**
 * Lets as many requests to the origin be open at once as the system allows. Bun stops at 256 unless a variable says otherwise, which it
 * reads only as the process starts: so this starts it anew, the same process with the same arguments. Where a system cannot, 256 it is.
 */
export function liftRequestLimit(): void {
  if (process.env[VARIABLE] !== undefined || process.execve === undefined) return;
  try {
    process.execve(process.execPath, [process.argv0, ...ownArguments()], { ...process.env, [VARIABLE]: LIMIT });
  } catch (error) {
    stderr.warn(`at most 256 requests to the origin will be open at once: ${String(error)}`);
  }
}
