import { mkdirSync, statSync } from "node:fs";
import type { Operation } from "../admin/admin.ts";
import { ignoredQuery, keptUrl } from "../caching/ignored-query.ts";
import type { Earlier } from "../caching/ruling.ts";
import type { RecordingSettings } from "../config/recording.ts";
import type { Settings } from "../config/settings.ts";
import type { LaneOf } from "../fixtures/candidates.ts";
import { answeredByFixtures } from "../fixtures/earlier.ts";
import { FixtureFolder } from "../fixtures/folder.ts";
import { refusing } from "../fixtures/frozen.ts";
import { type FixtureUse, Journal } from "../fixtures/journal.ts";
import { explainingOffline, type NearestKey } from "../fixtures/offline.ts";
import { replaying } from "../fixtures/replay.ts";
import { FixturesUnusable } from "../fixtures/unusable.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { Incoming, Layer } from "../http/exchange.ts";
import { ignoring } from "../proxy/ignore.ts";
import { answer } from "../proxy/respond.ts";
import type { Met } from "../veil/veil.ts";
import type { Crew } from "../workers/crew.ts";
import type { Cache } from "./build-cache.ts";
import { buildRecording } from "./build-recording.ts";

/** What of the settings is about fixtures. */
export type FixtureSettings = RecordingSettings &
  Pick<Settings, "fixtures" | "offline" | "frozen" | "ignoreQuery" | "maxEntrySize">;

/** What fixtures rest on outside of their folder. */
export type FixtureSurroundings = {
  readonly clock: () => Instant;
  readonly laneOf: LaneOf;
  /** Whether what counts for some alone has changed what a request asks for. */
  readonly isApart: (incoming: Incoming) => boolean;
};

/** What answers before the cache, or in the origin's place. */
export type FixturesBuilt = {
  /** Goes around the cache's handler. */
  readonly layer: (cache: Pick<Cache, "explain">) => Layer;
  /** Says of a request that nobody makes which fixture answers it. */
  readonly earlier: (incoming: Incoming) => Earlier | undefined;
  /** Shows how fixtures were used. */
  readonly operation: Operation;
  /** The scenarios that fixtures ask for. */
  readonly scenarios: () => readonly string[];
  /** The same of this process; undefined where there are no fixtures. */
  readonly use: () => FixtureUse | undefined;
  /** Resolves once all that passed is written. */
  readonly close: () => Promise<void>;
};

/** How long the supervisor is waited for. */
const PATIENCE: Milliseconds = 1000;

/**
 * Opens the folder of fixtures, where there is one, and puts together what answers from it.
 * @throws FixturesUnusable
 */
export function buildFixtures(
  settings: FixtureSettings,
  crew: Crew | undefined,
  onError: (error: unknown) => void,
  { clock, laneOf, isApart }: FixtureSurroundings,
): FixturesBuilt {
  const { fixtures: root, offline, frozen, record } = settings;
  const ignored = ignoredQuery(settings.ignoreQuery);
  const journal = new Journal((note) => crew?.note(note));
  const present = (): void => {
    if (folder !== undefined)
      journal.note({ type: "present", files: [...folder.index.entries()].map(({ file }) => file) });
  };
  const folder =
    root === undefined
      ? undefined
      : openFolder(root, frozen ? "frozen" : "open", {
          // Each worker finds the same faults: the first one tells.
          onError: crew === undefined || crew.place.number === 1 ? onError : () => undefined,
          present,
        });
  present();
  const fixtures = folder && { folder, journal, laneOf };
  const recorded = folder && recordingInto(folder);

  /** What is no part of a key makes no difference to fixtures either. */
  function layer(cache: Pick<Cache, "explain">): Layer {
    const answering = byFixtures(cache);
    return (next) => ignoring(ignored)(answering(next));
  }

  function byFixtures({ explain }: Pick<Cache, "explain">): Layer {
    const replay =
      recorded === undefined ? passing : replaying({ answer, clock, values: VALUES, laneOf, onUse, ...recorded });
    if (frozen && folder !== undefined) return () => replay(refusing(folder, journal, laneOf));
    const recording = recorded?.recording;
    if (recording !== undefined && record === "all") return recording.layer;
    if (recording !== undefined) return (next) => replay(recording.layer(next));
    if (!offline) return replay;
    const explained = explainingOffline({ nearestKey: nearestKeyBy(explain), fixtures });
    return (next) => replay(explained(next));
  }

  function recordingInto(folder: FixtureFolder) {
    const built = buildRecording(settings, {
      ...{ folder, isApart, clock, onError, largest: settings.maxEntrySize, steady: () => performance.now() },
      others: crew && { confide: confideTo(crew), attend: (learn) => crew.confide(learn) },
      recordings: {
        note: (as) => journal.note({ type: "recorded", as }),
        miss: (why) => journal.note({ type: "passed-by", why }),
      },
    });
    return { folder, ...built };
  }

  /** Where all is recorded anew nothing is answered from what was recorded before. */
  function earlier(incoming: Incoming): Earlier | undefined {
    if (recorded === undefined || (record === "all" && !frozen)) return undefined;
    const kept = { ...incoming, url: keptUrl(incoming.url, ignored) };
    return answeredByFixtures({ ...recorded, laneOf }, frozen ? "nothing" : "cache", kept);
  }

  function onUse(file: string): void {
    journal.note({ type: "used", file });
  }

  async function use(): Promise<FixtureUse> {
    const heard = await crew?.ask({ type: "fixtures" }, PATIENCE);
    const all = heard?.answers.find((one) => one.type === "fixtures");
    return all?.type === "fixtures" ? all.use : journal.use();
  }

  return {
    layer,
    earlier,
    operation: async () => {
      const { recording, ...used } = await use();
      const told = record === "none" ? {} : { recording };
      return { type: "json", value: { folder: root ?? null, offline, frozen, record, ...used, ...told } };
    },
    scenarios: () => [...(folder?.index.entries() ?? [])].flatMap(({ request }) => request.scenario ?? []),
    use: () => (folder === undefined ? undefined : journal.use()),
    close: async () => {
      await recorded?.recording?.written();
      folder?.[Symbol.dispose]();
    },
  };
}

/** Nobody waits for them: what they write meanwhile they write anew. */
function confideTo(crew: Crew): (met: Met) => void {
  return (met) => {
    crew.ask({ type: "secrets", met }, PATIENCE);
  };
}

const passing: Layer = (next) => next;

/** What templates take from the machine. */
const VALUES = { uuid: () => crypto.randomUUID() };

function openFolder(
  root: string,
  mode: "open" | "frozen",
  { onError, present }: { readonly onError: (error: unknown) => void; readonly present: () => void },
): FixtureFolder {
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined && mode === "frozen") {
    throw new FixturesUnusable(
      `--fixtures ${root} is not there, and with --frozen nothing else answers: check the path`,
    );
  }
  if (stats?.isDirectory() === false) throw new FixturesUnusable(`--fixtures ${root} is a file: pass a folder`);
  try {
    if (stats === undefined) mkdirSync(root, { recursive: true });
    return new FixtureFolder(root, { onFault: onError, onChange: present });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FixturesUnusable(`--fixtures ${root} cannot be read (${why})`);
  }
}

/** Asks what explaining knows of near keys. */
function nearestKeyBy(explain: Cache["explain"]): NearestKey {
  return async ({ url, request, headers }: Incoming) => {
    const supposed = { url: url.href, method: request.method, headers: [...headers], name: "assumed" } as const;
    return (await explain(supposed)).nearest[0];
  };
}
