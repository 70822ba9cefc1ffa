import { mkdirSync, statSync } from "node:fs";
import { FixtureFault } from "../fixtures/fault.ts";
import { FixtureFolder } from "../fixtures/folder.ts";
import { recognition } from "../fixtures/recognition.ts";
import { replaying } from "../fixtures/replay.ts";
import { Leavings } from "../har/leave.ts";
import { pathBelow } from "../har/path-below.ts";
import { readEntry } from "../har/read-entry.ts";
import type { Instant } from "../http/date.ts";
import { secretNames } from "../http/secret-names.ts";
import { Recorder } from "../recording/recorder.ts";
import type { Taken } from "../recording/taken.ts";
import { Pseudonyms } from "../veil/pseudonyms.ts";
import { ensuredSecretKey } from "../veil/secret-key.ts";
import { Veil } from "../veil/veil.ts";
import { Failure } from "./failure.ts";
import { takenExchange } from "./taken-exchange.ts";

/** How an archive is to be made into fixtures. */
export type Wanted = {
  readonly folder: string;
  /** Undefined where the archive is to be of one alone. */
  readonly origin: URL | undefined;
  /** What is done with fixtures that are there. */
  readonly existing: "replace" | "keep";
  readonly errors: "record" | "leave";
  /** Whether it is written down how long the origin took. */
  readonly latency: "record" | "leave";
  /** Names of further secrets, with `!` in front of those that are none. */
  readonly secrets: readonly string[];
  /** The key of pseudonyms, where the folder's own is not wanted. */
  readonly key: string | undefined;
  /** Told of fixtures that are there and cannot be read. */
  readonly onFault: (fault: FixtureFault) => void;
};

/** What became of an archive's entries. */
export type ImportedFixtures = {
  readonly entries: number;
  readonly written: number;
  readonly rewritten: number;
  /** How many led to nothing, by the reason. */
  readonly left: Readonly<Record<string, number>>;
  /** By their numbers in the archive, from 1. */
  readonly faults: readonly { readonly entry: number; readonly why: string }[];
  /** Those of which nothing was taken, with the number of their entries. */
  readonly otherOrigins: Readonly<Record<string, number>>;
  readonly webSocketMessages: number;
};

/**
 * Writes an archive's exchanges into a folder of fixtures, as if they were recorded now: what is answered already stays, unless it is to
 * be replaced.
 * @throws Failure
 */
export async function importToFixtures(
  entries: readonly unknown[],
  wanted: Wanted,
  now: Instant,
): Promise<ImportedFixtures> {
  const origin = wanted.origin ?? onlyOrigin(entries);
  using folder = openedFolder(wanted);
  const pseudonyms = new Pseudonyms(ensuredSecretKey(folder.root, wanted.key));
  const veil = new Veil(pseudonyms, secretNames(wanted.secrets));
  const recorder = new Recorder(folder, veil, wanted.existing);
  const answering = answeringBy(folder, recognition(veil, pseudonyms, "is-another"));
  const leavings = new Leavings();
  const others = new Map<string, number>();
  const ours = new Set<string>();
  let [written, rewritten, webSocketMessages] = [0, 0, 0];

  /** Why nothing was written; undefined where something was. */
  async function write(taken: Taken): Promise<string | undefined> {
    if (wanted.existing === "keep") {
      const file = await answering(taken);
      if (file !== undefined) return ours.has(file) ? "repeated" : "there";
    }
    const { type, file } = recorder.record(taken);
    const isRepeated = ours.has(file);
    ours.add(file);
    switch (type) {
      case "written":
        written++;
        return undefined;
      case "rewritten":
        if (isRepeated) return "repeated";
        rewritten++;
        return undefined;
      case "unchanged":
        return isRepeated ? "repeated" : "unchanged";
      case "kept":
        return "kept";
    }
  }

  for (const [i, entry] of entries.entries()) {
    const read = readEntry(entry, i + 1);
    if (read.type === "unreadable") {
      webSocketMessages += read.messages;
      leavings.fault(read.number, read.reason, read.why);
      continue;
    }
    const { exchange } = read;
    const { url } = exchange.request;
    const target = origin === undefined ? undefined : pathBelow(url, origin);
    if (target === undefined) {
      leavings.count("elsewhere");
      others.set(url.origin, (others.get(url.origin) ?? 0) + 1);
      continue;
    }
    const taken = takenExchange(exchange, target, wanted, now);
    try {
      const why = typeof taken === "string" ? taken : await write(taken);
      if (why !== undefined) leavings.count(why);
    } catch (error) {
      if (!(error instanceof FixtureFault)) throw new Failure(1, unwritable(folder.root, error));
      leavings.fault(exchange.number, "refused", error.message);
    }
  }
  const { counts: left, faults } = leavings;
  const otherOrigins = Object.fromEntries([...others].toSorted(([, a], [, b]) => b - a));
  return { entries: entries.length, written, rewritten, left, faults, otherOrigins, webSocketMessages };
}

/** Finds the fixture that answers a request already. */
function answeringBy(
  folder: FixtureFolder,
  recognised: ReturnType<typeof recognition>,
): (taken: Taken) => Promise<string | undefined> {
  let found: string | undefined;
  const handler = replaying({
    ...{ folder, recognition: recognised, clock: () => 0, pause: () => undefined, speed: 1 },
    values: { uuid: () => "" },
    laneOf: () => ({ scenario: undefined, sequence: () => 1 }),
    onUse: (file) => {
      found = file;
    },
    answer: (_, __, headers) => ({ status: 200, headers, body: null }),
  })(() => NOT_ANSWERED);
  return async ({ request: { method, url, headers, content } }) => {
    found = undefined;
    const request = new Request(url.href, { method, headers });
    await handler({ request, url, headers, client: () => "", content: new Blob([content]) });
    return found;
  };
}

const NOT_ANSWERED = { response: { status: 404, headers: new Headers(), body: null } };

/** The origin that all exchanges have. @throws Failure where there are several */
function onlyOrigin(entries: readonly unknown[]): URL | undefined {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const read = readEntry(entry, 0);
    if (read.type !== "exchange") continue;
    const { origin } = read.exchange.request.url;
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
  }
  const [first, ...others] = [...counts].toSorted(([, a], [, b]) => b - a);
  if (first === undefined || others.length === 0) return first && new URL(first[0]);
  const named = [first, ...others].slice(0, MOST_NAMED).map(([origin, count]) => `${origin} (${count})`);
  const further = others.length >= MOST_NAMED ? ", …" : "";
  throw new Failure(
    2,
    `the archive is of ${counts.size} origins: say by --origin URL whose answers to take: ${named.join(", ")}${further}`,
  );
}

const MOST_NAMED = 5;

/** @throws Failure */
function openedFolder({ folder, onFault }: Wanted): FixtureFolder {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() === false) throw new Failure(2, `--fixtures ${folder} is a file: pass a folder`);
  try {
    if (stats === undefined) mkdirSync(folder, { recursive: true });
    return new FixtureFolder(folder, { onFault, onChange: () => undefined });
  } catch (error) {
    throw new Failure(1, unwritable(folder, error));
  }
}

function unwritable(folder: string, error: unknown): string {
  return `${folder} cannot be written (${error instanceof Error ? error.message : String(error)})`;
}
