import type { Target } from "../config/target.ts";
import { notOurs } from "./admin-client.ts";
import { Failure } from "./failure.ts";
import { type Imported, joined, NOTHING } from "./import-report.ts";
import { countsAt, listAt, numberAt, textAt } from "./json-shape.ts";
import { answered } from "./wanted.ts";

/** What is sent at once; one entry alone may be more, up to what the proxy takes. */
const AT_ONCE = 8 * 1024 * 1024;
const MOST_OF_ONE = 60 * 1024 * 1024;

/**
 * Has a running proxy store an archive's entries.
 * @param names the parameters of `POST …/import`
 * @throws Failure
 */
export async function importToCache(
  entries: readonly unknown[],
  names: URLSearchParams,
  target: Target,
): Promise<Imported> {
  let imported = NOTHING;
  for (const part of partsOf(entries)) {
    imported = joined(imported, part === TOO_LARGE ? LEFT_OUT : await sent(part, names, target));
  }
  return imported;
}

const TOO_LARGE = "too-large";
const LEFT_OUT: Imported = { ...NOTHING, entries: 1, left: new Map([[TOO_LARGE, 1]]) };

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
