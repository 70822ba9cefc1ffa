import { type Given, read } from "../config/given.ts";
import { parseOrigin } from "../config/origin.ts";
import { readSecretNames } from "../config/recording.ts";
import { shownTarget, type Target } from "../config/target.ts";
import { secretNames } from "../http/secret-names.ts";
import { Pseudonyms } from "../veil/pseudonyms.ts";
import { KEY_VARIABLE, secretKey } from "../veil/secret-key.ts";
import { Veil } from "../veil/veil.ts";
import { ArchiveFile } from "./archive-file.ts";
import { formatCount } from "./counts.ts";
import { fixturesArchive } from "./export-fixtures.ts";
import { stderr } from "./terminal.ts";
import { version } from "./version.ts";
import { wanted } from "./wanted.ts";

/** Files that are named. */
const MOST_NAMED = 5;

/**
 * Writes an archive of a folder's fixtures.
 * @param target whose name they have where none is given
 * @throws Failure
 */
export async function exportFolder(
  folder: string,
  given: Given,
  target: Target,
  to: { readonly file: string | undefined; readonly prefix: string; readonly secrets: "hidden" | "shown" },
): Promise<void> {
  const origin = wanted(read(given, "origin", parseOrigin)) ?? shownTarget(target);
  const names = secretNames(wanted(readSecretNames(given)));
  const pieces = fixturesArchive({
    ...{ folder, origin, prefix: to.prefix, at: Date.now(), version },
    veil: to.secrets === "shown" ? undefined : new Veil(new Pseudonyms(keyOf(folder)), names),
  });
  await using archive = await ArchiveFile.open(to.file);
  for (;;) {
    const piece = await pieces.next();
    if (piece.done !== true) {
      if (!(await archive.write(piece.value))) return;
      continue;
    }
    await archive.finish();
    const { written, left, faults } = piece.value;
    for (const fault of faults) stderr.warn(fault);
    const shown = `${left.slice(0, MOST_NAMED).join(", ")}${left.length > MOST_NAMED ? ", …" : ""}`;
    const open =
      left.length === 0 ? "" : `; ${formatCount(left.length)} are patterns or templates, of no one exchange: ${shown}`;
    return stderr.info(`${formatCount(written)} ${written === 1 ? "fixture" : "fixtures"}${open}`);
  }
}

/** Where there is none, nobody is to guess what pseudonyms stand for. */
function keyOf(folder: string): string {
  return secretKey(folder, process.env[KEY_VARIABLE]) ?? crypto.randomUUID();
}
