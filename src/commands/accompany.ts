import { constants } from "node:os";
import { Failure } from "./failure.ts";
import { MADE_BY_US } from "./new-start.ts";
import { GRACE_MS } from "./shutdown.ts";
import { stderr } from "./terminal.ts";

/** Where the command that is run finds the proxy. */
const URL_VARIABLE = "CACHING_PROXY_URL";

const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));

type Accompanied = {
  readonly url: URL;
  stop(grace: number): Promise<number>;
  /** Rejects where the proxy can serve no longer. */
  readonly failed: Promise<never>;
};

/**
 * Runs a command while a proxy serves, and stops the proxy once it has ended.
 * @param words the command and its arguments
 * @returns the command's exit code; 128 and the signal's number where a signal ended it, as a shell reports it
 * @throws Failure where it cannot be started
 */
export async function accompany(words: readonly string[], { url, stop, failed }: Accompanied): Promise<number> {
  const child = start(words, url.href.replace(/\/$/, ""));
  // A terminal's Ctrl-C reaches the command by itself; the proxy stays for as long as it needs to end.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  try {
    await Promise.race([child.exited, failed]);
  } finally {
    child.kill("SIGTERM");
    const cutOff = await stop(GRACE_MS);
    if (cutOff > 0) stderr.warn(`${cutOff} ${cutOff === 1 ? "request was" : "requests were"} cut off`);
  }
  const { exitCode, signalCode } = child;
  return exitCode ?? 128 + (signalCode === null ? 0 : (NUMBERS.get(String(signalCode)) ?? 0));
}

function start(words: readonly string[], url: string) {
  // What Bun was told for the proxy's sake is not for others, who may run by another version.
  const own = Object.entries(process.env).filter(([name, value]) => MADE_BY_US[name] !== value);
  try {
    return Bun.spawn([...words], {
      stdio: ["inherit", "inherit", "inherit"],
      env: { ...Object.fromEntries(own), [URL_VARIABLE]: url },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(1, `${JSON.stringify(words[0])} cannot be started (${why})`);
  }
}
