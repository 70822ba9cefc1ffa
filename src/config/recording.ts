import { type Given, read, readRequired, readSwitch } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";
import type { Settings } from "./settings.ts";

/** What is recorded, and how streams are replayed. */
export type RecordingSettings = Pick<Settings, "record" | "recordErrors" | "recordLatency" | "secrets" | "replaySpeed">;

/**
 * Makes settings of what was said about recording.
 * @param place where to, and whether there is an origin to record from
 */
export function resolveRecording(given: Given, place: "nowhere" | "no-origin" | "folder"): Parsed<RecordingSettings> {
  const record = readRequired(given, "record", parseRecord);
  if (!record.ok) return record;
  const wished = given.get("record");
  if (place !== "folder" && wished?.stated === true && record.value !== "none") {
    return refuse(`${wished.label} ${record.value} ${IMPOSSIBLE[place]}`);
  }
  const errors = readSwitch(given, "record-errors");
  if (!errors.ok) return errors;
  const latency = readSwitch(given, "record-latency");
  if (!latency.ok) return latency;
  const secrets = readSecretNames(given);
  if (!secrets.ok) return secrets;
  const speed = readRequired(given, "replay-speed", parseSpeed);
  if (!speed.ok) return speed;
  return accept({
    record: place === "folder" ? record.value : "none",
    recordErrors: errors.value,
    recordLatency: latency.value,
    secrets: secrets.value,
    replaySpeed: speed.value,
  });
}

const IMPOSSIBLE = {
  nowhere: "needs a folder to record into: pass --fixtures DIR with it",
  "no-origin": "asks the origin, which --offline and --frozen never do: leave one of them out",
};

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
