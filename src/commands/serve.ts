import { defineCommand, runCommand } from "citty";
import { serveFlags } from "../config/flags.ts";
import { asVariables, type Environment } from "../config/given.ts";
import { resolveSettings } from "../config/resolve.ts";
import type { Settings } from "../config/settings.ts";
import { catalog } from "./catalog.ts";
import { clearCache } from "./clear.ts";
import { Failure } from "./failure.ts";
import { loadServer } from "./loaded-server.ts";
import { isWorker } from "./own-command.ts";
import type { Serving } from "./serving.ts";
import { untilStopped } from "./shutdown.ts";
import { startupLines } from "./startup-report.ts";
import { type Follow, stated } from "./stated.ts";
import { isTerminal, speakOn, stderr } from "./terminal.ts";

/** `caching-proxy serve`, which is also what runs where no command is named. */
export const serve = (rawArgs: string[]) => runCommand(command, { rawArgs });

const command = defineCommand({
  meta: { name: "serve", description: catalog.serve.summary },
  args: serveFlags,
  run: async ({ args }) => {
    const { given, file, follow } = await stated(serveFlags, args);
    if (args["clear-cache"] === true) return clearCache(given);
    const settings = resolveSettings(given, isTerminal(1), file);
    if (!settings.ok) throw new Failure(2, settings.message);
    if (isWorker()) return (await import("./work.ts")).work(settings.value, follow);
    if (settings.value.insecure) stderr.warn("--insecure: whatever certificate the origin shows is accepted");
    const started = withWorkersFor(process.platform, settings.value);
    const server = await start(started, follow, file === undefined ? {} : asVariables(file));
    // Without a file a hang-up ends the proxy, as the system has it.
    if (settings.value.logFile !== undefined) process.on("SIGHUP", () => server.reopenLog());
    // The log owns standard output unless a person reads it there.
    const speaker = settings.value.log === "pretty" ? speakOn(1) : stderr;
    const [headline, ...details] = startupLines(started, server.url, server.port, performance.now());
    speaker.success(headline);
    for (const line of details) speaker.log(line);
    await Promise.race([untilStopped(server), server.failed]);
    const use = server.fixtureUse();
    if (use === undefined) return;
    if (started.frozen) (await import("./frozen-report.ts")).concludeFrozen(use);
    if (started.record !== "none") (await import("./recording-report.ts")).concludeRecording(use.recording);
  },
});

/** One process where the system would not share out the connections to a port among several. */
function withWorkersFor(platform: string, settings: Settings): Settings {
  if (settings.workers === 1 || platform === "linux") return settings;
  stderr.warn("--workers: only Linux shares a port out among processes; one goes on alone");
  return { ...settings, workers: 1 };
}

async function start(settings: Settings, follow: Follow, variables: Environment): Promise<Serving> {
  if (settings.workers > 1) {
    const { supervise } = await import("./supervise.ts");
    return supervise(settings, variables);
  }
  const startServer = await loadServer();
  const server = await startServer(settings);
  follow(server, stderr);
  const { port, url, stop, reopenLog, fixtureUse } = server;
  return { port, url, stop, reopenLog, fixtureUse, failed: Promise.withResolvers<never>().promise };
}
