import type { Environment } from "../config/given.ts";
import { shownUrl } from "../config/listen.ts";
import type { Settings } from "../config/settings.ts";
import { readMessage, type ToSupervisor, type ToWorker } from "../workers/message.ts";
import { CannotServe, type Child, Supervisor } from "../workers/supervisor.ts";
import { wholeLines } from "../workers/whole-lines.ts";
import { type ClaimedPort, claimPort } from "./claimed-port.ts";
import { Failure } from "./failure.ts";
import { explainListenFailure } from "./listen-failure.ts";
import { ownArguments, WORKER_VARIABLE } from "./own-command.ts";
import type { Serving } from "./serving.ts";
import { isColoured, stderr } from "./terminal.ts";

/** What is still in a pipe when a worker has ended may take that long where nobody reads standard output. */
const LOG_GRACE_MS = 1000;

/**
 * Starts the workers and resolves once all of them listen.
 * @param variables what they are told besides what this process was
 * @throws Failure
 */
export async function supervise(settings: Settings, variables: Environment): Promise<Serving> {
  const { hosts, log, workers } = settings;
  const claimed = claim(settings);
  const orders = { port: claimed.port, log, colour: isColoured(1) ? "colour" : "plain" } as const;
  const write = standardOutput();
  const supervisor = new Supervisor(workers, orders, {
    launch: (hear) => launch(hear, write, variables),
    clock: () => Date.now(),
    pause: (length) => Bun.sleep(length),
    report: (message) => stderr.error(message),
  });
  // However this process ends, no worker outlives it by more than what it has in flight.
  process.on("exit", () => supervisor.kill());
  await supervisor.start(claimed.release).catch(explained);
  return {
    port: claimed.port,
    url: shownUrl(settings.tls === undefined ? "http" : "https", hosts, claimed.port),
    stop: (grace) => supervisor.stop(grace),
    reopenFiles: () => supervisor.reopenLog(),
    fixtureUse: () => supervisor.fixtureUse(),
    failed: supervisor.failed.catch(explained),
  };
}

function claim(settings: Settings): ClaimedPort {
  try {
    return claimPort(settings.port, settings.hosts);
  } catch (error) {
    const message = explainListenFailure(error, settings);
    if (message === undefined) throw error;
    throw new Failure(1, message);
  }
}

function explained(error: unknown): never {
  if (error instanceof CannotServe) throw new Failure(1, error.message);
  throw error;
}

/** Starts this very command once more, as a worker. */
function launch(
  hear: (message: ToSupervisor) => void,
  write: (lines: Uint8Array) => Promise<void>,
  variables: Environment,
): Child {
  const child = Bun.spawn([process.execPath, ...ownArguments()], {
    env: { ...process.env, ...lacking(variables), [WORKER_VARIABLE]: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
    serialization: "json",
    ipc: (message) => hear(readMessage<ToSupervisor>(message)),
  });
  const printed = wholeLines(child.stdout, write);
  return {
    pid: child.pid,
    send(message: ToWorker) {
      if (child.exitCode === null && child.signalCode === null) child.send(JSON.stringify(message));
    },
    kill: () => child.kill("SIGKILL"),
    ended: end(child, printed),
  };
}

/** Those that say something that this process's own do not: these win, unless they are empty. */
function lacking(variables: Environment): Environment {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !process.env[name]));
}

async function end(child: Bun.Subprocess, printed: Promise<void>): Promise<string> {
  const code = await child.exited;
  await Promise.race([printed, Bun.sleep(LOG_GRACE_MS)]);
  return child.signalCode === null ? `ended with exit code ${code}` : `was ended by ${child.signalCode}`;
}

/** Standard output, for all workers' lines; where it breaks that is said once, and serving goes on. */
function standardOutput(): (lines: Uint8Array) => Promise<void> {
  const stdout = Bun.stdout.writer();
  let broken = false;
  return async (lines) => {
    if (broken) return;
    try {
      stdout.write(lines);
      await stdout.flush();
    } catch (error) {
      broken = true;
      stderr.error(`the access log cannot be written to standard output any more (${String(error)})`);
    }
  };
}
