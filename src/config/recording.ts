import { type Given, read, readRequired, readSwitch } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";

/** What is recorded, and how streams are replayed. */
export type RecordingSettings = {
  /** `missing`: what no fixture answers; `all`: everything, anew. */
  readonly record: "missing" | "all" | "none";
  readonly recordErrors: boolean;
  /** Names of fields, parameters and members that are secrets besides, `*` for any text; those with a `!` in front are none. */
  readonly secrets: readonly string[];
  /** 2 is twice as fast as recorded; Infinity takes no time. */
  readonly replaySpeed: number;
};

/** Makes settings of what was said about recording. */
export function resolveRecording(given: Given): Parsed<RecordingSettings> {
  const record = readRequired(given, "record", parseRecord);
  if (!record.ok) return record;
  const errors = readSwitch(given, "record-errors");
  if (!errors.ok) return errors;
  const secrets = readSecretNames(given);
  if (!secrets.ok) return secrets;
  const speed = readRequired(given, "replay-speed", parseSpeed);
  if (!speed.ok) return speed;
  return accept({
    record: record.value,
    recordErrors: errors.value,
    secrets: secrets.value,
    replaySpeed: speed.value,
  });
}

function parseRecord(text: string): Parsed<RecordingSettings["record"]> {
  const word = text.toLowerCase();
  return word === "missing" || word === "all" || word === "none"
    ? accept(word)
    : refuse("is nothing to record: write missing, all or none");
}

function parseSpeed(text: string): Parsed<number> {
  if (text.toLowerCase() === "instant") return accept(Number.POSITIVE_INFINITY);
  const speed = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  return speed > 0 ? accept(speed) : refuse("is no speed: write a number such as 1 or 2.5, or instant");
}

/** What `--secret` names, with `!` in front of those that are none; nothing where it is not given. */
export function readSecretNames(given: Given): Parsed<readonly string[]> {
  const names = read(given, "secret", parseSecretNames);
  return names.ok ? accept(names.value ?? []) : names;
}

function parseSecretNames(text: string): Parsed<readonly string[]> {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const wrong = names.find((name) => !/^!?[\w.*$-]+$/.test(name));
  if (names.length === 0)
    return refuse("names nothing: write names of fields, parameters or members, as in iban,x-my-*");
  return wrong === undefined
    ? accept(names)
    : refuse(
        `has ${JSON.stringify(wrong)}, which is no name: write names of fields, parameters or members, as in iban,x-my-*,!code`,
      );
}
