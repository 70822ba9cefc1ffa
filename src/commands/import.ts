import { readFile, stat } from "node:fs/promises";
import { defineCommand, runCommand } from "citty";
import { importFlags } from "../config/archive-flags.ts";
import { resolveTarget, shownTarget } from "../config/target.ts";
import { entriesIn, HarFault } from "../har/archive.ts";
import { mayBeSanitized } from "../har/sanitized.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { importToCache } from "./import-cache.ts";
import { type Imported, renderImport } from "./import-report.ts";
import { stated } from "./stated.ts";
import { print, stderr } from "./terminal.ts";
import { wanted } from "./wanted.ts";

/** `caching-proxy import` */
export const importArchive = (rawArgs: string[]) => runCommand(command, { rawArgs });

/** A text can hardly be longer. */
const LARGEST_FILE = 1024 * 1024 * 1024;
const command = defineCommand({
  meta: { name: "import", description: catalog.import.summary },
  args: importFlags,
  run: async ({ args }) => {
    const given = (await stated(importFlags, args)).given;
    const target = wanted(resolveTarget(given));
    const { file, origin, fixtures } = args;
    const unfit = (fixtures === undefined ? ["overwrite", "errors", "latency"] : ["for"]).find((name) =>
      Object.hasOwn(args, name),
    );
    if (unfit !== undefined) {
      const whose = fixtures === undefined ? "belongs to --fixtures" : "is about a running proxy, not about --fixtures";
      throw new Failure(2, `--${unfit} ${whose}`);
    }
    if (file === undefined) throw new Failure(2, `name the archive: ${catalog.import.usage}`);
    const entries = entriesOf(await textOf(file), file);
    if (fixtures !== undefined) {
      const { importToFolder } = await import("./import-folder.ts");
      return importToFolder(entries, fixtures, given);
    }
    if (mayBeSanitized(entries)) {
      stderr.warn(
        "no entry has Cookie, Set-Cookie or Authorization: if the browser left them out, what was one person's counts as everybody's",
      );
    }
    const names = new URLSearchParams({ for: args.for ?? shownTarget(target).origin });
    if (origin !== undefined) names.set("origin", origin);
    const imported = await importToCache(entries, names, target);
    print(() => (args.json === true ? `${JSON.stringify(plain(imported))}\n` : renderImport(imported)));
  },
});

/** @throws Failure */
function entriesOf(text: string, file: string): readonly unknown[] {
  try {
    return entriesIn(text);
  } catch (error) {
    if (!(error instanceof HarFault)) throw error;
    throw new Failure(1, `${file === "-" ? "standard input" : file} is no HTTP Archive: ${error.message}`);
  }
}

/** @throws Failure for a file that cannot be read */
async function textOf(file: string): Promise<string> {
  if (file === "-") return Bun.stdin.text();
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE) throw new Failure(1, `${file} is larger than 1gb: export it in parts`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(1, `${file} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

function plain({ left, ...rest }: Imported): object {
  return { ...rest, left: Object.fromEntries(left) };
}
