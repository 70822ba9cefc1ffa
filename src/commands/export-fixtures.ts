import { statSync } from "node:fs";
import { FixtureFault } from "../fixtures/fault.ts";
import { FixtureFolder } from "../fixtures/folder.ts";
import { archiveEnd, archiveStart, harEntry } from "../har/write.ts";
import { writeContent, writePosted } from "../har/write-content.ts";
import type { Instant } from "../http/date.ts";
import { type PlainExchange, plainExchange, veiledExchange } from "../recording/plain-exchange.ts";
import type { Veil } from "../veil/veil.ts";
import { Failure } from "./failure.ts";

/** How a folder of fixtures is to be made into an archive. */
export type Wanted = {
  readonly folder: string;
  /** Of which origin the fixtures are, with its base path if it has one. */
  readonly origin: URL;
  /** Only what begins with it: a path. */
  readonly prefix: string;
  /** What puts pseudonyms in the place of secrets; undefined where they are wanted. */
  readonly veil: Veil | undefined;
  /** HAR wants a time for each entry, and a fixture has none. */
  readonly at: Instant;
  readonly version: string;
};

/** What of a folder came into an archive, and what did not. */
export type ExportedFixtures = {
  readonly written: number;
  /** Files of fixtures that are of more than one exchange. */
  readonly left: readonly string[];
  readonly faults: readonly string[];
};

/**
 * An archive of a folder's fixtures, piece by piece, in the order of their files.
 * @throws Failure where there is no such folder
 */
export async function* fixturesArchive(wanted: Wanted): AsyncGenerator<string, ExportedFixtures> {
  const { origin, prefix, veil, at, version } = wanted;
  const faults: string[] = [];
  const left: string[] = [];
  using folder = openedFolder(wanted.folder, (fault) => faults.push(fault.message));
  yield archiveStart(version);
  let written = 0;
  const entries = [...folder.index.entries()].toSorted((a, b) => (a.file < b.file ? -1 : 1));
  for (const { file, what } of entries) {
    if (what.type === "broken") continue;
    try {
      const exchange = await plainExchange(folder, what.fixture);
      if (typeof exchange === "string") {
        left.push(file);
        continue;
      }
      if (!exchange.request.target.startsWith(prefix)) continue;
      const shown = veil === undefined ? exchange : veiledExchange(veil, exchange);
      yield (written++ === 0 ? "\n" : ",\n") + JSON.stringify(await entryOf(shown, origin, at));
    } catch (error) {
      if (!(error instanceof FixtureFault)) throw error;
      faults.push(error.message);
    }
  }
  yield archiveEnd(commentOn(left.length));
  return { written, left, faults };
}

async function entryOf({ request, response }: PlainExchange, origin: URL, at: Instant): Promise<object> {
  const { method, target, content: asked, type } = request;
  const { arrivals } = response;
  const headers = new Headers(response.fields.map(([name, value]): [string, string] => [name, value]));
  if (response.type !== null) headers.set("content-type", response.type);
  const isTyped = request.fields.some(([name]) => name === "content-type");
  return harEntry({
    ...{ startedAt: at, wait: response.latency, receive: arrivals?.at(-1)?.at ?? 0 },
    request: {
      method,
      url: origin.origin + origin.pathname.replace(/\/$/, "") + target,
      fields: [...request.fields, ...(isTyped || type === null ? [] : [["content-type", type] as const])],
      ...(asked.length > 0 && { content: writePosted(asked, type ?? "") }),
    },
    response: {
      status: response.status,
      fields: response.fields,
      content: await writeContent(response.content, headers),
      bodySize: response.content.length,
    },
    ...(arrivals && { own: { _arrivals: arrivals.map(({ at: time, size }) => [time, size]) } }),
  });
}

function commentOn(left: number): string {
  const open = left === 0 ? "" : ` ${left} of them are patterns or templates, of which there is no one exchange.`;
  return `Fixtures of caching-proxy. Their times are those of the export.${open}`;
}

/** @throws Failure */
function openedFolder(folder: string, onFault: (fault: FixtureFault) => void): FixtureFolder {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw new Failure(1, `--fixtures ${folder} is not there: name a folder that is`);
  if (!stats.isDirectory()) throw new Failure(2, `--fixtures ${folder} is a file: pass a folder`);
  try {
    return new FixtureFolder(folder, { onFault, onChange: () => undefined });
  } catch (error) {
    throw new Failure(1, `${folder} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}
