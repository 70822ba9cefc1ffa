import type { FixtureUse } from "../fixtures/journal.ts";
import type { Milliseconds } from "../http/date.ts";

/** What `serve` has started: a server in this process, or workers. */
export type Serving = {
  readonly port: number;
  readonly url: URL;
  /** Lets what is in flight finish for at most so long; resolves to the number of requests cut off. */
  stop(grace: Milliseconds): Promise<number>;
  /** Goes on in the file that is at the path of the log file by now, and with the certificate that is there. */
  reopenFiles(): void;
  /** How fixtures were used, also once it is stopped; undefined where there are none. */
  fixtureUse(): FixtureUse | undefined;
  /** Rejects where it can serve no longer. */
  readonly failed: Promise<never>;
};
