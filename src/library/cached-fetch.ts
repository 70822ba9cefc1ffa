import type { Reply } from "../http/exchange.ts";
import { type Call, type GivenFetch, givenFetch } from "../wire/given-fetch.ts";
import type { FetchStats, OpenFetch } from "../wiring/open-fetch.ts";
import { type AskedFetch, askedFetch, requestOf } from "./asked-fetch.ts";
import { sayCacheMode } from "./cache-mode.ts";
import { type CachedFetchOptions, checkFetchOptions } from "./fetch-options.ts";
import { fetched } from "./fetched.ts";
import { lost } from "./lost.ts";
import { InvalidOptions } from "./options.ts";
import { type FetchPurging, purgeOfFetch } from "./purging.ts";
import { type Hop, isRedirect, redirect } from "./redirect.ts";

export type { FetchStats };

/** A `fetch` with a cache, of any origin. */
export type CachedFetch = AsyncDisposable & {
  /**
   * Fetches as `fetch` does, from the cache where RFC 9111 lets it. Needs no `this`.
   * @throws TypeError where no response came, where `only-if-cached` finds nothing, or for an option that only the given `fetch` can have;
   * a `TimeoutError` where none came in time; what the signal was aborted with; InvalidOptions and Error as `stats()` has them
   */
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** As `fetch.preconnect`, where the given `fetch` has it. */
  readonly preconnect: (url: string | URL) => void;
  /**
   * Drops what is stored for a URL, or for whatever else is named, or marks it stale.
   * @returns how many responses that were
   * @throws InvalidOptions where it names nothing that could be purged
   */
  readonly purge: (what: FetchPurging) => Promise<number>;
  /**
   * Drops all that is stored.
   * @returns how many responses that were
   */
  readonly clear: () => Promise<number>;
  /**
   * Counters and the cache's size; times are in seconds or, where their name says so, in ms, sizes in bytes.
   * @throws Error that says which store cannot be used, or that it is closed
   */
  readonly stats: () => Promise<FetchStats>;
  /** Takes nothing new, and waits for what has no answer yet for at most a second. Bodies can be read on. Never rejects. */
  readonly close: () => Promise<void>;
};

/** How long what has no answer yet may take as it closes, in ms. */
const GRACE = 1000;

/** What is asked for where nothing is: what can be taken off again. */
const CODINGS = { "as-sent": "gzip, deflate, br, zstd", decoded: "identity" } as const;

/**
 * Puts a cache of its own around `fetch`, for what a program asks of others. Nothing is opened before the first call.
 * @param fetch asks the origins: Bun's, or a function like it that takes a URL as a text and `init`; it is told `redirect: "manual"`
 * @throws InvalidOptions where an option is unknown or its value means nothing
 */
export function cachedFetch(fetch: Call, options: CachedFetchOptions = {}): CachedFetch {
  if (typeof fetch !== "function") throw new InvalidOptions("cachedFetch(fetch) is given no function to fetch with");
  const { settings, kind, onError } = checkFetchOptions(options);
  const given: GivenFetch = givenFetch(fetch);
  const underWay = new Set<Promise<unknown>>();
  let opened: Promise<OpenFetch> | undefined;
  let closed: Promise<void> | undefined;

  function open(): Promise<OpenFetch> {
    if (closed !== undefined) return Promise.reject(new Error("the cached fetch is closed"));
    opened ??= import("../wiring/open-fetch.ts").then(({ openFetch }) => openFetch(settings, kind, given, onError));
    return opened;
  }

  async function ask(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = requestOf(input, init);
    request.signal.throwIfAborted();
    // A file, or what is in the URL itself, is nothing to keep.
    if (!/^https?:/.test(request.url)) return fetch(request.url, init ?? {});
    const [cache, asked] = await Promise.all([open(), askedFetch(request, init, CODINGS[given.bodies])]);
    const response = await follow(cache, asked);
    // What lies in the memory is there at once: whoever asks in a loop, as for a job to be done, would let nothing else have a turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
    return response;
  }

  function closeOnce(): Promise<void> {
    closed ??= close();
    return closed;
  }

  async function close(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, GRACE);
    await Promise.race([Promise.allSettled(underWay), late.promise]);
    clearTimeout(timer);
    // Why it could not be opened was said to who wanted it open.
    const [cache] = await Promise.allSettled(opened === undefined ? [] : [opened]);
    if (cache?.status === "fulfilled") await cache.value.close();
  }

  const cached = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const answer = ask(input, init);
    underWay.add(answer);
    const gone = (): boolean => underWay.delete(answer);
    answer.then(gone, gone);
    return answer;
  };
  return Object.assign(cached, {
    preconnect(url: string | URL): void {
      if ("preconnect" in fetch && typeof fetch.preconnect === "function") fetch.preconnect(url);
    },
    async purge(what: FetchPurging) {
      const { asked, origin } = purgeOfFetch(what);
      const purged = await (await open()).purge(asked, origin);
      if (purged.type === "refused") throw new InvalidOptions(`purge: ${purged.why}`);
      return purged.purged;
    },
    clear: async () => (await open()).clear(),
    stats: async () => (await open()).stats(),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  });
}

/** Asks, and follows redirects as the Fetch standard has it: each response on the way is cached for itself. */
async function follow(cache: OpenFetch, asked: AskedFetch): Promise<Response> {
  let { hop } = asked;
  for (let followed = 0; ; followed++) {
    const { response } = await exchange(cache, hop, asked);
    const isRefused = asked.redirect === "error" && isRedirect(response.status);
    const location = asked.redirect === "manual" ? null : response.headers.get("location");
    const next = redirect(hop, response.status, location, followed);
    const at = hop.url.split("#", 1)[0] ?? hop.url;
    if (next.type === "none" && !isRefused) return fetched(response, asked.signal, at, followed > 0);
    if (response.body instanceof ReadableStream) await response.body.cancel();
    if (isRefused || next.type === "none") throw new TypeError(`${hop.url} redirects, and redirect is "error"`);
    if (next.type === "failed") throw new TypeError(`${hop.url}: ${next.why}`);
    hop = next.hop;
  }
}

/** @throws as `fetch` does where there is no response */
async function exchange(cache: OpenFetch, hop: Hop, { signal, cache: mode }: AskedFetch): Promise<Reply> {
  const headers = new Headers(hop.headers);
  const wish = sayCacheMode(mode, headers);
  const { method, url, body } = hop;
  const request = new Request(url, { method, headers, signal, body });
  const own = { request, ...(body instanceof Blob && { content: body }) };
  const usual = await cache.answer({ ...own, wish });
  // Of bytes that are coded a part is of no use to who cannot undo the coding; and what lies past their end may be within what they mean.
  const { status, headers: fields } = usual.response;
  const isOfCoded = (status === 206 && fields.has("content-encoding")) || status === 416;
  const isAskedAgain = isOfCoded && usual.cacheStatus?.type === "hit" && mode !== "only-if-cached";
  const reply = isAskedAgain ? await cache.answer({ ...own, wish: "past" }) : usual;
  signal.throwIfAborted();
  const error = await lost(reply, `${method} ${url}`, mode);
  if (error !== undefined) throw error;
  return reply;
}
