import { defineCommand, runCommand } from "citty";
import { serveFlags } from "../config/flags.ts";
import { asVariables, type Environment, type Given } from "../config/given.ts";
import { resolveSettings } from "../config/resolve.ts";
import type { Settings } from "../config/settings.ts";
import { reachable } from "../config/target.ts";
import type { FixtureUse } from "../fixtures/journal.ts";
import { wordsBehind } from "./behind-dashes.ts";
import { catalog } from "./catalog.ts";
import { clearCache } from "./clear.ts";
import { Failure } from "./failure.ts";
import { loadServer } from "./loaded-server.ts";
import { compileAsUsual } from "./machine-code.ts";
import { isWorker } from "./own-command.ts";
import type { Serving } from "./serving.ts";
import { untilStopped } from "./shutdown.ts";
import { startupLines } from "./startup-report.ts";
import { type Follow, stated } from "./stated.ts";
import { isTerminal, speakOn, stderr } from "./terminal.ts";

/** `caching-proxy serve`, which is also what runs where no command is named; gives the exit code of a command behind `--`. */
export async function serve(rawArgs: string[]): Promise<number> {
  const { result } = await runCommand(command, { rawArgs });
  return typeof result === "number" ? result : 0;
}

const command = defineCommand({
  meta: { name: "serve", description: catalog.serve.summary },
  args: serveFlags,
  run: async ({ args, rawArgs }): Promise<number | undefined> => {
    const words = wordsBehind(rawArgs);
    const { given: said, file, follow } = await stated(serveFlags, args);
    if (args["clear-cache"] === true) {
      await clearCache(said);
      return undefined;
    }
    const given = words === undefined ? said : beside(said);
    const settings = resolveSettings(given, isTerminal(1), file);
    if (!settings.ok) throw new Failure(2, settings.message);
    if (isWorker()) {
      await (await import("./work.ts")).work(settings.value, follow);
      return undefined;
    }
    if (settings.value.insecure)
      stderr.warn(
        "--insecure: whatever certificate the origin shows is accepted; --origin-ca FILE trusts one authority more instead",
      );
    if (settings.value.tls !== undefined || settings.value.originTls !== undefined) {
      await (await import("./examine-certificates.ts")).examineCertificates(settings.value);
    }
    const started = withWorkersFor(process.platform, settings.value);
    const server = await start(started, follow, file === undefined ? {} : asVariables(file));
    compileAsUsual();
    // Without files to read anew a hang-up ends the proxy, as the system has it.
    if (started.logFile !== undefined || started.tls !== undefined) process.on("SIGHUP", () => server.reopenFiles());
    if (words !== undefined) {
      const { accompany } = await import("./accompany.ts");
      const code = await accompany(words, server);
      await conclude(started, server.fixtureUse());
      return code;
    }
    // The log owns standard output unless a person reads it there.
    const speaker = settings.value.log === "pretty" ? speakOn(1) : stderr;
    const [headline, ...details] = startupLines(started, server.url, server.port, performance.now());
    speaker.success(headline);
    for (const line of details) speaker.log(line);
    // Before the keys, of which one is a signal.
    const stopped = untilStopped(server);
    using _keys = settings.value.log === "pretty" ? await keysOf(started, server, speaker) : undefined;
    await Promise.race([stopped, server.failed]);
    await conclude(started, server.fixtureUse());
    return undefined;
  },
});

/** Has keys count where a person sits at both ends of the terminal and this process is in front. */
async function keysOf(
  { hosts, adminPrefix, adminToken, tls }: Settings,
  { port, url }: Serving,
  speaker: typeof stderr,
): Promise<Disposable | undefined> {
  if (!isTerminal(1) || !isTerminal(0)) return undefined;
  const { isInFront, KEYS_LINE, listenForKeys } = await import("./hotkeys.ts");
  if (!isInFront()) return undefined;
  const target = { host: reachable(hosts[0] ?? "127.0.0.1"), port, adminPrefix, adminToken, pinned: tls?.cert };
  const keys = listenForKeys(target, new URL(`${adminPrefix}/`, url).href, speaker);
  speaker.log(KEYS_LINE);
  return keys;
}

/** Settings for a proxy beside a command, unless somebody says otherwise: on any free port, so that several run at once, and quiet. */
function beside(given: Given): Given {
  const quiet = { port: "0", log: "off" };
  const all = new Map(given);
  for (const [name, text] of Object.entries(quiet)) {
    if (given.get(name)?.stated !== true) all.set(name, { text, label: `--${name}`, stated: false });
  }
  return all;
}

/**
 * Says at the end what fixtures were good for.
 * @throws Failure with exit code 3 where a `--frozen` run met requests that have none
 */
async function conclude({ frozen, record }: Settings, use: FixtureUse | undefined): Promise<void> {
  if (use === undefined) return;
  if (frozen) (await import("./frozen-report.ts")).concludeFrozen(use);
  if (record !== "none") (await import("./recording-report.ts")).concludeRecording(use.recording);
}

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
  const { port, url, stop, reopenFiles, fixtureUse } = server;
  return { port, url, stop, reopenFiles, fixtureUse, failed: Promise.withResolvers<never>().promise };
}
