import type { Settings } from "../config/settings.ts";
import { masking } from "../http/masked.ts";
import { type AccessLog, openAccessLog, ownColour } from "../observe/access-log.ts";
import type { Crew } from "../workers/crew.ts";

/**
 * Opens the log as the settings say.
 * @throws LogFileUnusable, but not where this takes a crashed worker's place: then the others serve, and it is tried again
 */
export function buildLog(
  { log: format, logFile: file, secrets }: Settings,
  crew: Crew | undefined,
  onError: (error: unknown) => void,
): Promise<AccessLog> {
  const { number: worker = 0, restarts = 0 } = crew?.place ?? {};
  const start = restarts > 0 ? "again" : "first";
  return openAccessLog(
    { format, file, worker, start, mask: masking(secrets), colour: crew?.orders.colour ?? ownColour() },
    onError,
  );
}
