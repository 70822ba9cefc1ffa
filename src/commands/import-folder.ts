import { type Given, read, readSwitch } from "../config/given.ts";
import { parseOrigin } from "../config/origin.ts";
import { readSecretNames } from "../config/recording.ts";
import { KEY_VARIABLE } from "../veil/secret-key.ts";
import { renderImportedFixtures } from "./fixtures-report.ts";
import { importToFixtures } from "./import-fixtures.ts";
import { print, stderr } from "./terminal.ts";
import { wanted } from "./wanted.ts";

/**
 * Writes an archive's exchanges into a folder of fixtures, and says what became of them.
 * @throws Failure
 */
export async function importToFolder(entries: readonly unknown[], folder: string, given: Given): Promise<void> {
  const imported = await importToFixtures(
    entries,
    {
      folder,
      origin: wanted(read(given, "origin", parseOrigin)),
      existing: wanted(readSwitch(given, "overwrite")) ? "replace" : "keep",
      errors: wanted(readSwitch(given, "errors")) ? "record" : "leave",
      latency: wanted(readSwitch(given, "latency")) ? "record" : "leave",
      secrets: wanted(readSecretNames(given)),
      key: process.env[KEY_VARIABLE],
      onFault: (fault) => stderr.warn(fault.message),
    },
    Date.now(),
  );
  const asJson = wanted(readSwitch(given, "json"));
  print(() => (asJson ? `${JSON.stringify(imported)}\n` : renderImportedFixtures(folder, imported)));
}
