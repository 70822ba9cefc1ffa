import { readFile, stat } from "node:fs/promises";
import { defineCommand, runCommand } from "citty";
import { importFlags } from "../config/archive-flags.ts";
import { gather } from "../config/given.ts";
import { shownUrl } from "../config/listen.ts";
import { resolveTarget, type Target } from "../config/target.ts";
import { entriesIn, HarFault } from "../har/archive.ts";
import { mayBeSanitized } from "../har/sanitized.ts";
import { notOurs } from "./admin-client.ts";
import { catalog } from "./catalog.ts";
import { Failure } from "./failure.ts";
import { type Imported, joined, renderImport } from "./import-report.ts";
import { countsAt, listAt, numberAt, textAt } from "./json-shape.ts";
import { print, stderr } from "./terminal.ts";
import { answered, wanted } from "./wanted.ts";

/** `caching-proxy import` */
export const importArchive = (rawArgs: string[]) => runCommand(command, { rawArgs });

/** A text can hardly be longer. */
const LARGEST_FILE = 1024 * 1024 * 1024;
/** What is sent at once; one entry alone may be more, up to what the proxy takes. */
const AT_ONCE = 8 * 1024 * 1024;
const MOST_OF_ONE = 60 * 1024 * 1024;

const command = defineCommand({
  meta: { name: "import", description: catalog.import.summary },
  args: importFlags,
  run: async ({ args }) => {
    const target = wanted(resolveTarget(gather(importFlags, args, process.env)));
    const { file, to = "cache" } = args;
    if (file === undefined) throw new Failure(2, `name the archive: ${catalog.import.usage}`);
    if (to !== "cache") throw new Failure(2, `--to "${to}" is no place for what is imported: write cache`);
    const entries = entriesOf(await textOf(file), file);
    if (mayBeSanitized(entries)) {
      stderr.warn(
        "no entry has Cookie, Set-Cookie or Authorization: if the browser left them out, what was one person's counts as everybody's",
      );
    }
    const names = new URLSearchParams({ for: args.for ?? shownUrl([target.host], target.port).origin });
    if (args.origin !== undefined) names.set("origin", args.origin);
    let imported: Imported = { entries: 0, stored: 0, left: new Map(), faults: [], webSocketMessages: 0 };
    for (const part of partsOf(entries)) {
      imported = joined(imported, part === TOO_LARGE ? LEFT_OUT : await sent(part, names, target));
    }
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
    if (size > LARGEST_FILE) throw new Failure(1, `${file} is larger than a gigabyte: export it in parts`);
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(1, `${file} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

const TOO_LARGE = "too-large";
const LEFT_OUT: Imported = {
  ...{ entries: 1, stored: 0, left: new Map([[TOO_LARGE, 1]]), faults: [], webSocketMessages: 0 },
};

/** Entries as archives of a size that can be sent. */
function* partsOf(entries: readonly unknown[]): Generator<string | typeof TOO_LARGE> {
  let part: string[] = [];
  let size = 0;
  for (const entry of entries) {
    const text = JSON.stringify(entry) ?? "null";
    if (text.length > MOST_OF_ONE) {
      if (part.length > 0) yield archiveOf(part);
      [part, size] = [[], 0];
      yield TOO_LARGE;
      continue;
    }
    if (part.length > 0 && size + text.length > AT_ONCE) {
      yield archiveOf(part);
      [part, size] = [[], 0];
    }
    part.push(text);
    size += text.length;
  }
  if (part.length > 0) yield archiveOf(part);
}

function archiveOf(entries: readonly string[]): string {
  return `{"log":{"version":"1.2","entries":[${entries.join(",")}]}}`;
}

/** @throws Failure */
async function sent(archive: string, names: URLSearchParams, target: Target): Promise<Imported> {
  const { value } = await answered(target, "POST", `import?${names}`, archive);
  const [entries, stored] = [numberAt(value, "entries"), numberAt(value, "stored")];
  if (entries === undefined || stored === undefined) throw new Failure(1, notOurs(target));
  const worker = numberAt(value, "worker");
  return {
    ...{ entries, stored, left: new Map(countsAt(value, "left")) },
    faults: listAt(value, "faults").map((fault) => ({
      entry: numberAt(fault, "entry") ?? 0,
      why: textAt(fault, "why") ?? "",
    })),
    webSocketMessages: numberAt(value, "webSocketMessages") ?? 0,
    ...(worker !== undefined && { worker }),
  };
}

function plain({ entries, stored, left, ...rest }: Imported): object {
  return { entries, stored, left: Object.fromEntries(left), ...rest };
}
