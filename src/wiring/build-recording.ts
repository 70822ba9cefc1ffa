import type { RecordingSettings } from "../config/recording.ts";
import type { FixtureFolder } from "../fixtures/folder.ts";
import { type Pause, pausing } from "../fixtures/paced.ts";
import { type Recognition, recognition } from "../fixtures/recognition.ts";
import type { Recordings } from "../fixtures/recordings.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Incoming } from "../http/exchange.ts";
import { secretNames } from "../http/secret-names.ts";
import { type Recording, recording } from "../recording/record.ts";
import { Recorder } from "../recording/recorder.ts";
import { Pseudonyms } from "../veil/pseudonyms.ts";
import { ensuredSecretKey, KEY_VARIABLE, secretKey } from "../veil/secret-key.ts";
import { type Met, Veil } from "../veil/veil.ts";

/** What recording rests on. */
export type RecordingSurroundings = {
  readonly folder: FixtureFolder;
  /** Told what was recorded and what was not. */
  readonly recordings: Pick<Recordings, "note" | "miss">;
  /** Whether what counts for some alone has changed what a request asks for. */
  readonly isApart: (incoming: Incoming) => boolean;
  /** Larger responses are not recorded, in bytes. */
  readonly largest: number;
  readonly clock: () => Instant;
  readonly steady: () => Milliseconds;
  readonly onError: (error: unknown) => void;
  /** The other workers, who record into the same folder. */
  readonly others?: Others | undefined;
};

/** What workers tell one another of secrets. */
export type Others = {
  readonly confide: (met: Met) => void;
  readonly attend: (learn: (met: Met) => void) => void;
};

/** What a folder's fixtures are recorded, recognised and replayed with. */
export type BuiltRecording = {
  /** Undefined where nothing is recorded. */
  readonly recording: Recording | undefined;
  readonly recognition: Recognition;
  readonly pause: Pause;
  readonly speed: number;
};

/**
 * Wires what records into a folder and recognises what was recorded.
 * @throws the system's error where the folder's key cannot be read or made
 */
export function buildRecording(settings: RecordingSettings, surroundings: RecordingSurroundings): BuiltRecording {
  const { folder, recordings, isApart, largest, clock, steady, onError, others } = surroundings;
  const { record, recordErrors, recordLatency, secrets, replaySpeed } = settings;
  const records = record !== "none";
  const given = process.env[KEY_VARIABLE];
  const key = records ? ensuredSecretKey(folder.root, given) : secretKey(folder.root, given);
  // Without a key no pseudonym is one's own, and all are recognised by where they stand.
  const pseudonyms = new Pseudonyms(key ?? "");
  const veil = new Veil(pseudonyms, secretNames(secrets));
  const recorder = new Recorder(folder, veil, record === "all" ? "replace" : "keep", others?.confide);
  if (records) others?.attend((met) => recorder.learn(met));
  return {
    recording: records
      ? recording({
          ...{ recordings, isApart, largest, clock, steady, onError },
          recorder,
          from: record === "all" ? "origin" : "cache-or-origin",
          errors: recordErrors ? "record" : "leave",
          latency: recordLatency ? "record" : "leave",
        })
      : undefined,
    recognition: recognition(veil, pseudonyms, records ? "is-another" : "will-do"),
    pause: pausing(replaySpeed),
    speed: replaySpeed,
  };
}
