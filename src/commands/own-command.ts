/** The arguments by which this process can be started once more, behind the path of its executable. */
export function ownArguments(): readonly string[] {
  // A compiled file puts its own name in front by itself.
  return Bun.isStandaloneExecutable ? process.argv.slice(2) : [...process.execArgv, ...process.argv.slice(1)];
}

/** Set by a supervisor for the processes that it starts. */
export const WORKER_VARIABLE = "CACHING_PROXY_IS_WORKER";

/** Whether this process was started by a supervisor. */
export function isWorker(): boolean {
  return process.env[WORKER_VARIABLE] !== undefined;
}
