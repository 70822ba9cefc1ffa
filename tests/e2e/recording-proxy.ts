import type { RecordingSettings } from "../../src/config/recording.ts";
import { FixtureFolder } from "../../src/fixtures/folder.ts";
import { type RecordingReport, Recordings } from "../../src/fixtures/recordings.ts";
import { replaying } from "../../src/fixtures/replay.ts";
import { recovering } from "../../src/proxy/recover.ts";
import { answer } from "../../src/proxy/respond.ts";
import { back } from "../../src/wire/back.ts";
import { front } from "../../src/wire/front.ts";
import { buildCache } from "../../src/wiring/build-cache.ts";
import { buildRecording } from "../../src/wiring/build-recording.ts";

/** A proxy with fixtures in this process, over real sockets. */
export type RecordingProxy = {
  readonly url: string;
  readonly report: () => RecordingReport;
  /** Resolves once all that has passed is written. */
  readonly written: () => Promise<void>;
  readonly errors: readonly string[];
};

/** Starts one before an origin. @param access `read`: nothing is recorded */
export function startRecording(
  stack: AsyncDisposableStack,
  origin: string,
  root: string,
  settings: Partial<RecordingSettings> = {},
  access: "record" | "read" = "record",
): RecordingProxy {
  const errors: string[] = [];
  const onError = (error: unknown): void => void errors.push(String(error));
  const clock = (): number => Date.now();
  const steady = (): number => performance.now();
  const size = 1024 * 1024;
  const folder = stack.use(new FixtureFolder(root, { onFault: onError, onChange: () => undefined }));
  const recordings = new Recordings();
  const reading: Partial<RecordingSettings> = access === "read" ? { record: "none" } : {};
  const { recording, recognition, pause } = buildRecording(
    {
      record: "missing",
      recordErrors: false,
      recordLatency: false,
      secrets: [],
      replaySpeed: Number.POSITIVE_INFINITY,
      ...settings,
      ...reading,
    },
    { isApart: () => false, folder, recordings, largest: size, clock, steady, onError },
  );
  const cache = buildCache(
    {
      ...{ origin: new URL(origin), ignoreQuery: [], ttl: 120_000, maxSize: 16 * size, maxEntrySize: size },
      ...{
        eviction: "lru",
        timeout: 5000,
        trustForwarded: false,
        offline: false,
        maxOriginConnections: undefined,
        quota: { type: "off" },
      },
    },
    { send: back({ timeout: 5000, tlsOf: () => undefined }), clock, steady },
    onError,
  );
  const replay = replaying({
    ...{ folder, answer, clock, recognition, pause, speed: 1, onUse: () => undefined },
    values: { uuid: () => "" },
    laneOf: () => ({ scenario: undefined, sequence: () => 1 }),
  });
  const recorded = recording === undefined ? cache.handler : recording.layer(cache.handler);
  const handler = settings.record === "all" ? recorded : replay(recorded);
  const listener = front(recovering(onError)(handler), {
    ...{ hostname: "127.0.0.1", port: 0, sharing: "alone", tls: undefined, clock, onError },
    bridge: async () => ({ response: new Response(null, { status: 501 }) }),
  });
  stack.defer(() => listener.stop(true));
  return {
    url: `http://127.0.0.1:${listener.port}`,
    report: () => recordings.report(),
    written: async () => recording?.written(),
    errors,
  };
}
