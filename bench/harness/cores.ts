import { availableParallelism } from "node:os";
import { tool } from "./tools.ts";

/** Where what is measured runs, alone. */
export const MEASURED = 0;
/** Where the load and the origin run. */
export const LOAD = 1;
/** Where what is measured runs that uses more than one core; the load is there too. */
export const BOTH = "0,1";

type Cores = typeof MEASURED | typeof LOAD | typeof BOTH;

/** @throws Error on a machine of one core, where load and server would only take time from each other */
export function needTwoCores(): void {
  if (availableParallelism() < 2) {
    throw new Error(
      "This benchmark needs two cores: one for the server and one for the load. Here is one, and figures from it would mislead.",
    );
  }
}

/** A process that was started on one core. */
export type Pinned = { readonly pid: number; readonly stop: () => Promise<void> };

/** Starts a program on a core, or on both; what it prints goes into a file, or nowhere. */
export async function startOn(core: Cores, command: readonly string[], log?: string): Promise<Pinned> {
  const child = Bun.spawn([await tool("taskset"), "-c", String(core), ...command], {
    stdin: "ignore",
    stdout: log === undefined ? "ignore" : Bun.file(log),
    stderr: "ignore",
  });
  return {
    pid: child.pid,
    async stop() {
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await child.exited;
      clearTimeout(killer);
    },
  };
}

/** Runs a program on a core to its end and gives what it printed. */
export async function outputOn(core: number, command: readonly string[]): Promise<string> {
  const child = Bun.spawn([await tool("taskset"), "-c", String(core), ...command], { stdout: "pipe", stderr: "pipe" });
  const [text, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed: ${errors || text}`);
  return text;
}
