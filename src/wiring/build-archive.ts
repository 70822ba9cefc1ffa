import type { Archives, ExportAsked, ImportAsked } from "../admin/archive.ts";
import { bypassReason } from "../caching/bypass.ts";
import type { CacheKey } from "../caching/key.ts";
import { namedPrefix, namedUrl, ownerOf } from "../caching/naming.ts";
import { entriesIn, HarFault } from "../har/archive.ts";
import type { HarExchange } from "../har/exchange.ts";
import { Leavings } from "../har/leave.ts";
import { nameHere } from "../har/name-here.ts";
import { passedFields } from "../har/passed-fields.ts";
import { pathBelow } from "../har/path-below.ts";
import { readEntry } from "../har/read-entry.ts";
import { hasHidden, storedEntry } from "../har/stored-entry.ts";
import { archiveEnd, archiveStart } from "../har/write.ts";
import { masking } from "../http/masked.ts";
import { isCacheable } from "../http/method.ts";
import { askedFor } from "../proxy/refresh.ts";
import type { Cache } from "./build-cache.ts";

/** What turning archives into what is stored, and back, rests on. */
export type ArchiveParts = {
  readonly cache: Pick<Cache, "own" | "written" | "place" | "takeIn">;
  /** Whether a path is one of our own, for which nothing is stored. */
  readonly isOwn: (pathname: string) => boolean;
  readonly version: string;
  /** The number of this worker where each has a store of its own. */
  readonly worker: number | undefined;
  /** The name of a store that cannot tell what it holds. */
  readonly unlisted: string | undefined;
  /** Names of parameters that are secrets besides. */
  readonly secretNames: readonly string[];
};

/** Keys that are looked at in one turn. */
const PAGE = 64;

export function buildArchive({ cache, isOwn, version, worker, unlisted, secretNames }: ArchiveParts): Archives {
  const mask = masking(secretNames);
  const { own, place, takeIn } = cache;

  /** What is done with an exchange: the key under which its response is stored now, or why it is not. */
  async function bring(exchange: HarExchange, asked: ImportAsked): Promise<{ readonly key: CacheKey } | string> {
    const { request, response, times, ours } = exchange;
    const { method } = request;
    // A QUERY's content may not be in the archive as it was sent.
    if (!isCacheable(method) || method === "QUERY") return "method";
    if (ours.isPurged) return "purged";
    if (hasHidden(exchange)) return "hidden";
    const { publicOrigin } = asked;
    const site = { ...place, publicOrigin };
    // Of another origin that counts as ours a path means what it means to who asks the proxy.
    const other = asked.origin && pathBelow(request.url, asked.origin);
    const text = other ?? request.url.href;
    const named = namedUrl(text, site);
    if (named.type === "refused") return "elsewhere";
    const isAskedOfUs = other === undefined && ownerOf(text, site).type === "proxy";
    const name = isAskedOfUs ? request.url.origin : nameHere(ours.publicOrigin, publicOrigin);
    const url = askedFor(named.url, place.origin, name);
    if (isOwn(url.pathname)) return "own-path";
    const bypass = bypassReason(request.fields, named.url.key);
    if (bypass !== undefined) return bypass;
    const headers = passedFields(request.fields);
    const taken = await takeIn({
      incoming: { request: new Request(url.href, { method, headers }), url, headers, client: () => "" },
      method,
      to: { ...named.url, origin: place.origin, publicOrigin: name },
      isPersonal: ours.isPersonal,
      response: {
        status: response.status,
        headers: passedFields(response.fields),
        body: new Blob([response.content]),
      },
      times,
    });
    return taken.type === "stored" ? { key: taken.stored.key } : taken.reason;
  }

  async function take(text: string, asked: ImportAsked): ReturnType<Archives["take"]> {
    const leavings = new Leavings();
    const keys = new Set<CacheKey>();
    let [stored, number, webSocketMessages] = [0, 0, 0];
    try {
      for (const entry of entriesIn(text)) {
        const read = readEntry(entry, ++number);
        if (read.type === "unreadable") {
          webSocketMessages += read.messages;
          leavings.fault(number, read.reason, read.why);
          continue;
        }
        const brought = await bring(read.exchange, asked);
        if (typeof brought === "string") leavings.count(brought);
        else {
          stored++;
          keys.add(brought.key);
        }
        // Others want to be served meanwhile.
        if (number % PAGE === 0) await turn();
      }
    } catch (error) {
      if (error instanceof HarFault) return { type: "refused", why: error.message };
      throw error;
    }
    await Promise.all([...keys].map((key) => cache.written(key)));
    const { counts: left, faults } = leavings;
    return { entries: number, stored, left, faults, webSocketMessages, ...(worker !== undefined && { worker }) };
  }

  async function* pieces(prefix: string, secrets: ExportAsked["secrets"]): AsyncGenerator<string> {
    yield archiveStart(version);
    let written = 0;
    let queries = 0;
    let after: CacheKey | undefined;
    for (;;) {
      const keys = await own.keys({ prefix, after, limit: PAGE });
      for (const key of keys) {
        for (const { stored } of await own.look(key)) {
          const entry = await storedEntry(stored, secrets, mask);
          if (entry === undefined) queries++;
          else yield (written++ === 0 ? "\n" : ",\n") + JSON.stringify(entry);
        }
      }
      after = keys.at(-1);
      if (after === undefined) break;
      await turn();
    }
    yield archiveEnd(commentOn(secrets, queries));
  }

  function commentOn(secrets: ExportAsked["secrets"], queries: number): string {
    return [
      "Stored responses of caching-proxy. Of each request only the URL and the fields that select the response are known.",
      ...(secrets === "hidden" ? ["Values of cookies and credentials are hidden, in URLs too."] : []),
      ...(queries > 0 ? [`${queries} responses to QUERY are left out: the content of the request is not known.`] : []),
      ...(worker === undefined ? [] : [`This is what worker ${worker} has; the others have caches of their own.`]),
      ...(unlisted === undefined ? [] : [`${unlisted} cannot tell what it holds: this is what the memory has.`]),
    ].join(" ");
  }

  return {
    take,
    give({ prefix, publicOrigin, secrets }) {
      const named = namedPrefix(prefix, { ...place, publicOrigin });
      return named.type === "refused" ? named : pieces(named.prefix, secrets);
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
