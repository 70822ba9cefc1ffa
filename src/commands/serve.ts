import { defineCommand } from "citty";
import { serveFlags } from "../config/flags.ts";
import { gather } from "../config/given.ts";
import { resolveSettings } from "../config/resolve.ts";
import type { Settings } from "../config/settings.ts";
import type { RunningServer } from "../server.ts";
import { catalog } from "./catalog.ts";
import { clearCache } from "./clear.ts";
import { Failure } from "./failure.ts";
import { explainListenFailure } from "./listen-failure.ts";
import { liftRequestLimit } from "./request-limit.ts";
import { untilStopped } from "./shutdown.ts";
import { startupLines } from "./startup-report.ts";
import { speakOn, stderr } from "./terminal.ts";

/** `caching-proxy serve`, which is also what runs where no command is named. */
export const serve = defineCommand({
  meta: { name: "serve", description: catalog.serve.summary },
  args: serveFlags,
  run: async ({ args }) => {
    const given = gather(serveFlags, args, process.env);
    if (args["clear-cache"] === true) return clearCache(given);
    liftRequestLimit();
    const settings = resolveSettings(given, process.stdout.isTTY === true);
    if (!settings.ok) throw new Failure(2, settings.message);
    if (settings.value.insecure) stderr.warn("--insecure: whatever certificate the origin shows is accepted");
    const server = await start(settings.value);
    // The log owns standard output unless a person reads it there.
    const speaker = settings.value.log === "pretty" ? speakOn(process.stdout) : stderr;
    const [headline, ...details] = startupLines(settings.value, server.url, server.port, performance.now());
    speaker.success(headline);
    for (const line of details) speaker.log(line);
    await untilStopped(server);
  },
});

/** An error while serving, with what it was caused by, in one line: a stack would bury the log. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${explain(error.cause)})`;
}

async function start(settings: Settings): Promise<RunningServer> {
  // Loaded this late, the server costs `--help` and the client commands nothing.
  const { startServer } = await import("../server.ts");
  try {
    return await startServer(settings, (error) => stderr.error(explain(error)));
  } catch (error) {
    const message = explainListenFailure(error, settings);
    if (message === undefined) throw error;
    throw new Failure(1, message);
  }
}
