import type { Settings } from "../config/settings.ts";
import { FixturesUnusable } from "../fixtures/unusable.ts";
import { UnknownScenario } from "../lanes/unknown-scenario.ts";
import { LogFileUnusable } from "../observe/log-file-unusable.ts";
import type { RunningServer } from "../server.ts";
import { TierUnusable } from "../store/tier.ts";
import { CertificateUnusable } from "../tls/certificate-unusable.ts";
import type { Crew } from "../workers/crew.ts";
import { Failure } from "./failure.ts";
import { explainListenFailure } from "./listen-failure.ts";
import { stderr } from "./terminal.ts";

/** Starts a server; throws a Failure that says why it cannot listen. */
type StartServer = (settings: Settings, crew?: Crew) => Promise<RunningServer>;

/** Loads the server, which costs `--help` and the client commands nothing where that is late enough. */
export async function loadServer(): Promise<StartServer> {
  const { startServer } = await import("../server.ts");
  return async (settings, crew) => {
    try {
      return await startServer(settings, report, crew);
    } catch (error) {
      const isSaid = [TierUnusable, LogFileUnusable, FixturesUnusable, UnknownScenario, CertificateUnusable].some(
        (known) => error instanceof known,
      );
      const message = isSaid && error instanceof Error ? error.message : explainListenFailure(error, settings);
      if (message === undefined) throw error;
      throw new Failure(1, message);
    }
  };
}

/** Tells a person of an error while serving. */
export function report(error: unknown): void {
  stderr.error(explain(error));
}

/** With what it was caused by, in one line: a stack would bury the log. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${explain(error.cause)})`;
}
