/** What other caches make of the suite, from the results that its repository publishes. */

import { join } from "node:path";
import { Fixable, importDefault, isRecord, type Suite } from "./suite.ts";
import { type Entry, isPass, judge, type Kind, type RawResults, rawResults } from "./verdict.ts";

/** One cache and its results. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  readonly entries: readonly Entry[];
}

/** How many tests of each kind. */
export type Counts = Readonly<Record<Kind, number>>;

/** The names that the suite's site gives, spelt out. */
const names: Readonly<Record<string, string>> = {
  httpd: "Apache httpd",
  ATS: "Apache Traffic Server",
  caddy: "Caddy with Souin, cache-handler",
};

/** What the repository lists as one cache's results. */
export interface Listed {
  readonly file: string;
  readonly name: string;
  readonly version: string;
}

/** Picks the caches that stand before servers, as we do, from the repository's index of results. */
export function listedPeers(index: unknown): Listed[] {
  const items: readonly unknown[] = Array.isArray(index) ? index : [];
  return items.flatMap((item) => {
    if (!isRecord(item) || item.type === "browser") return [];
    const { file, name, version } = item;
    if (typeof file !== "string" || typeof name !== "string")
      throw new Error("A line of results/index.mjs has no file.");
    return [{ file, name: names[name] ?? name, version: shortVersion(String(version ?? "")) }];
  });
}

/** A version without what a Linux distribution adds to it. */
function shortVersion(version: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(version) ? version : version.replace(/[-+].*$/, "");
}

/** Reads the published results of all peers, in the order of how much they pass. */
export async function readPeers(suite: Suite): Promise<Peer[]> {
  const folder = join(suite.folder, "results");
  const listed = listedPeers(await importDefault(join(folder, "index.mjs")));
  const peers = await Promise.all(
    listed.map(async ({ file, name, version }): Promise<Peer> => {
      const results = rawResults(await Bun.file(join(folder, file)).json());
      if (results === undefined) throw new Fixable(`${join(folder, file)} holds no results.`);
      return peer(name, version, suite, results);
    }),
  );
  return peers.sort((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
}

function peer(name: string, version: string, { list }: Suite, results: RawResults): Peer {
  return { name, version, entries: judge(list, results, {}).entries };
}

function weight({ entries }: Peer): number {
  const { required, optimal } = reported(entries);
  return required * 1000 + optimal;
}

/** How many tests a cache passes taken each for itself, which is how the suite adds up: its client said true. */
export function reported(entries: readonly Entry[]): Counts {
  return counts(entries, (entry) => entry.reported);
}

/** How many it passes where a test counts only together with all that it depends on, which is how the suite's site shows them. */
export function counted(entries: readonly Entry[]): Counts {
  return counts(entries, ({ outcome }) => isPass(outcome));
}

/** How many tests there are. */
export function total(entries: readonly Entry[]): Counts {
  return counts(entries, () => true);
}

/** How many tests at least one of the caches passes, each taken for itself. */
export function together(peers: readonly Peer[]): Counts {
  const passed = new Set(
    peers.flatMap(({ entries }) => entries.filter(({ reported }) => reported).map(({ id }) => id)),
  );
  return counts(peers[0]?.entries ?? [], ({ id }) => passed.has(id));
}

function counts(entries: readonly Entry[], is: (entry: Entry) => boolean): Counts {
  const of = (kind: Kind): number => entries.filter((entry) => entry.kind === kind && is(entry)).length;
  return { required: of("required"), optimal: of("optimal"), check: of("check") };
}

/** The day when the results were last published: what the checkout's history says. */
export async function publishedOn(folder: string): Promise<string | undefined> {
  const git = Bun.which("git");
  if (git === null) return undefined;
  const args = [git, "-C", folder, "log", "-1", "--format=%as", "--", "results/*.json"];
  const child = Bun.spawn(args, { stdout: "pipe", stderr: "ignore" });
  const day = (await child.stdout.text()).trim();
  return (await child.exited) === 0 && /^\d{4}-\d\d-\d\d$/.test(day) ? day : undefined;
}
