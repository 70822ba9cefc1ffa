import { fixturesArchive } from "../../src/commands/export-fixtures.ts";
import { importToFixtures } from "../../src/commands/import-fixtures.ts";
import { entriesIn } from "../../src/har/archive.ts";
import { readEntry } from "../../src/har/read-entry.ts";
import { NOW } from "../fixtures/replaying.ts";
import { veilOf } from "../recording/recording.ts";

const KEY = "0123456789abcdef";

/** Imports as the command does, with a key that is the same each time. */
export function imported(
  entries: readonly unknown[],
  folder: string,
  wanted: Partial<Parameters<typeof importToFixtures>[1]> = {},
) {
  return importToFixtures(
    entries,
    {
      ...{ folder, origin: undefined, existing: "keep", errors: "leave", latency: "leave", secrets: [], key: KEY },
      onFault: (fault) => {
        throw fault;
      },
      ...wanted,
    },
    NOW,
  );
}

/** The entries of a folder's archive, and what did not become one. */
export async function exported(folder: string, wanted: Partial<Parameters<typeof fixturesArchive>[0]> = {}) {
  const pieces = fixturesArchive({
    ...{ folder, origin: new URL("http://o.test"), prefix: "/", veil: veilOf(KEY).veil, at: NOW, version: "1" },
    ...wanted,
  });
  let text = "";
  for (;;) {
    const piece = await pieces.next();
    if (piece.done === true) return { entries: entriesIn(text), ...piece.value };
    text += piece.value;
  }
}

/** Entries as exchanges. @throws where one is none */
export function exchanges(entries: readonly unknown[]) {
  return entries.map((entry, i) => {
    const read = readEntry(entry, i + 1);
    if (read.type === "unreadable") throw new Error(read.why);
    return read.exchange;
  });
}

/** An entry as a browser writes it. */
export function entry(
  [method, url]: readonly [method: string, url: string],
  text: string,
  more: {
    readonly status?: number;
    readonly fields?: readonly (readonly [string, string])[];
    readonly asked?: readonly (readonly [string, string])[];
    readonly posted?: unknown;
    readonly base64?: true;
  } = {},
): unknown {
  const pairs = (fields: readonly (readonly [string, string])[] = []) =>
    fields.map(([name, value]) => ({ name, value }));
  return {
    startedDateTime: "2026-01-02T03:04:05.000Z",
    time: 12,
    request: {
      ...{ method, url, headers: pairs(more.asked), bodySize: -1 },
      ...(more.posted === undefined ? {} : { postData: more.posted }),
    },
    response: {
      ...{ status: more.status ?? 200, headers: pairs(more.fields), bodySize: -1 },
      content: { size: -1, mimeType: "", text, ...(more.base64 && { encoding: "base64" }) },
    },
  };
}
