import type { Settings } from "../config/settings.ts";
import { shareOf } from "../config/workers.ts";
import type { RunningServer } from "../server.ts";
import { SupervisedCrew } from "../workers/crew.ts";
import { readMessage, type ToSupervisor, type ToWorker } from "../workers/message.ts";
import { Failure } from "./failure.ts";
import { loadServer, report } from "./loaded-server.ts";
import { compileAsUsual } from "./machine-code.ts";
import { WORKER_VARIABLE } from "./own-command.ts";
import { GRACE_MS } from "./shutdown.ts";
import type { Follow } from "./stated.ts";
import { stderr } from "./terminal.ts";

/**
 * Serves as one of several workers, as the supervisor says, until it says stop, or is gone.
 * @param settings as the command line has them, for all workers together
 * @param follow has changes of the config file count
 */
export async function work(settings: Settings, follow: Follow): Promise<void> {
  const ordered = Promise.withResolvers<SupervisedCrew>();
  const stopped = Promise.withResolvers<number>();
  let crew: SupervisedCrew | undefined;
  let server: RunningServer | undefined;
  process.on("message", (text) => {
    const message = readMessage<ToWorker>(text);
    if (message.type === "serve") {
      crew = new SupervisedCrew(message, send, report);
      ordered.resolve(crew);
    } else if (message.type === "reopen-log") server?.reopenFiles();
    else if (message.type === "stop") stopped.resolve(message.grace);
    else crew?.take(message);
  });
  if (settings.logFile !== undefined || settings.tls !== undefined) process.on("SIGHUP", () => server?.reopenFiles());
  // A terminal's Ctrl-C is for all processes of the group; it is the supervisor who says what follows.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => stopped.resolve(GRACE_MS));
  process.on("disconnect", () => stopped.resolve(GRACE_MS));
  // Else nobody would ever say stop.
  if (!process.connected) throw new Failure(1, `${WORKER_VARIABLE} is set, but no supervisor is there: unset it`);
  const startServer = await loadServer();
  send({ type: "hello" });

  const first = await Promise.race([ordered.promise, stopped.promise]);
  if (typeof first === "number") return;
  const { port, log } = first.orders;
  try {
    server = await startServer(shareOf({ ...settings, port, log }, first.place.number), first);
  } catch (error) {
    send({ type: "cannot-listen", message: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
  compileAsUsual();
  send({ type: "listening" });
  // All read the same.
  follow(server, first.place.number === 1 ? stderr : SILENCE);
  send({ type: "stopped", cutOff: await server.stop(await stopped.promise) });
}

const SILENCE = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A supervisor that is gone hears nothing, and needs not. */
function send(message: ToSupervisor): void {
  if (process.connected) process.send?.(JSON.stringify(message));
}
