import { type Given, read, readSwitch } from "./given.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";
import { type RecordingSettings, resolveRecording } from "./recording.ts";
import type { Settings } from "./settings.ts";

/** Reads where fixtures lie, what may answer besides them, and what becomes one. */
export function resolveFixtures(
  given: Given,
): Parsed<Pick<Settings, "fixtures" | "offline" | "frozen"> & RecordingSettings> {
  const folder = read(given, "fixtures", parseFolder);
  if (!folder.ok) return folder;
  const offline = readSwitch(given, "offline");
  if (!offline.ok) return offline;
  const frozen = readSwitch(given, "frozen");
  if (!frozen.ok) return frozen;
  if (frozen.value && folder.value === undefined) {
    return refuse(
      "--frozen answers from fixtures alone, so it needs to know where they are: pass --fixtures DIR with it",
    );
  }
  const isAway = offline.value || frozen.value;
  const recording = resolveRecording(given, folder.value === undefined ? "nowhere" : isAway ? "no-origin" : "folder");
  if (!recording.ok) return recording;
  return accept({ fixtures: folder.value, offline: offline.value, frozen: frozen.value, ...recording.value });
}

function parseFolder(text: string): Parsed<string> {
  return text.trim() === "" ? refuse("names no folder: write --fixtures DIR") : accept(text);
}
