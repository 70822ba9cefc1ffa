import type { Keyed } from "../caching/key.ts";
import { basePath } from "../caching/naming.ts";
import type { StoredResponse } from "../caching/stored.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Handler, Incoming, Reply } from "../http/exchange.ts";
import { type Replay, replayOf } from "../store/replay.ts";
import type { VariedStore } from "../store/varied.ts";

/** What somebody wants asked for anew. */
export type Wanted = {
  /** A URL of the origin. */
  readonly url: Keyed;
  /** The scheme and authority by which he reached us. */
  readonly publicOrigin: string;
  /** Fields that he wants sent. */
  readonly given: Headers;
  /** For whom it is done, and until when. */
  readonly by: { readonly client: () => string; readonly signal: AbortSignal };
};

/** What came of asking for one stored response, or where nothing is stored for the URL. */
export type Attempt = {
  readonly publicOrigin: string;
  readonly selecting: StoredResponse["selecting"];
  readonly reply: Reply;
  /** Until all of it was there, as far as it was wanted. */
  readonly ms: Milliseconds;
  /** False where the body broke off. */
  readonly isWhole: boolean;
};

/** What came of asking for all that is stored for a URL. */
export type Attempts = {
  readonly attempts: readonly Attempt[];
  /** How many stored responses stay as they are: only credentials select them, which nobody gave, or there are too many. */
  readonly left: number;
};

/** What refreshing works with. */
export type RefreshingParts = {
  /** Of whom a URL is asked, with its base path. */
  readonly originOf: (target: URL) => URL;
  readonly store: Pick<VariedStore, "keysOf" | "look">;
  /** The cache's path. */
  readonly handler: Handler;
  readonly steady: () => Milliseconds;
  /** Longer bodies are not read to their end: they are not stored. */
  readonly maxEntrySize: number;
};

/** Asks the origin anew through the cache's own path, as a client does that says `no-cache`. */
export type Refresh = {
  /** For each response that is stored for a URL, but those that came by QUERY. */
  readonly stored: (wanted: Wanted) => Promise<Attempts>;
  /** For a URL for which nothing is stored. */
  readonly plain: (wanted: Wanted) => Promise<Attempt>;
};

/** Requests that are under way at once, and the most for one URL. */
const AT_ONCE = 4;
const MOST_VARIANTS = 256;

export function refreshing({ originOf, store, handler, steady, maxEntrySize }: RefreshingParts): Refresh {
  async function attempt(
    wanted: Wanted,
    { method, publicOrigin, fields }: Replay,
  ): Promise<Omit<Attempt, "selecting">> {
    const begun = steady();
    const asked = askedFor(wanted.url, originOf(wanted.url.target()), publicOrigin);
    const reply = await handler(incomingFor(asked, method, fields, wanted.by));
    const isWhole = await drained(reply, maxEntrySize);
    return { publicOrigin, reply, isWhole, ms: steady() - begun };
  }

  return {
    async stored(wanted) {
      const held = await Promise.all(store.keysOf(wanted.url).map((key) => store.look(key)));
      const replays = new Map<string, { readonly replay: Replay; readonly selecting: StoredResponse["selecting"] }>();
      let left = 0;
      for (const { stored } of held.flat()) {
        const replay = replayOf(stored, wanted.given);
        if (replay.withheld.length > 0) left++;
        // Fields that were given may make one request of several.
        else replays.set(JSON.stringify(replay), { replay, selecting: stored.selecting });
      }
      const attempts: Attempt[] = [];
      const waiting = [...replays.values()].slice(0, MOST_VARIANTS).values();
      left += Math.max(0, replays.size - MOST_VARIANTS);
      const work = async (): Promise<void> => {
        for (const { replay, selecting } of waiting) attempts.push({ ...(await attempt(wanted, replay)), selecting });
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return { attempts, left };
    },
    async plain(wanted) {
      const { publicOrigin, given } = wanted;
      const replay = { method: "GET", publicOrigin, fields: [...given], withheld: [] } as const;
      return { ...(await attempt(wanted, replay)), selecting: [] };
    },
  };
}

/** What a client asks of us to get a URL of the origin. */
export function askedFor({ target }: Keyed, origin: URL, publicOrigin: string): URL {
  const { pathname, search } = target();
  const path = pathname.slice(basePath({ origin }).length);
  return new URL(`${publicOrigin}${path === "" ? "/" : path}${search}`);
}

/** A request that no client sent. */
export function incomingFor(
  url: URL,
  method: Replay["method"],
  fields: Replay["fields"],
  { client, signal }: Wanted["by"],
): Incoming {
  const headers = new Headers(fields.map(([name, value]): [string, string] => [name, value]));
  headers.set("cache-control", "no-cache");
  return { request: new Request(url.href, { method, headers, signal }), url, headers, client };
}

/** Reads a body to its end where it is being stored, which goes on as long as somebody reads it; whether it came whole. */
async function drained({ response: { body }, cacheStatus }: Reply, most: number): Promise<boolean> {
  if (body === null || body instanceof Blob) return true;
  const reader = body.getReader();
  let size = 0;
  const isKept = cacheStatus?.type === "forward" && cacheStatus.stored;
  try {
    while (isKept && size <= most) {
      const { done, value } = await reader.read();
      if (done) return true;
      size += value.byteLength;
    }
    await reader.cancel();
    return true;
  } catch {
    // It broke off, and is not stored.
    return false;
  }
}
