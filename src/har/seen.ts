import type { Instant, Milliseconds } from "../http/date.ts";

/** An exchange as those see it who watch: without fields and content. */
export type SeenExchange = {
  readonly at: Instant;
  readonly durationMs: Milliseconds;
  readonly originMs?: Milliseconds;
  readonly method: string;
  readonly publicOrigin: string;
  readonly path: string;
  readonly status: number;
  readonly bytes?: number;
  readonly outcome: string;
  readonly why?: string;
  readonly cacheStatus?: string;
};

/** What the comment of each such entry ends with. */
export const UNKNOWN = "Header fields and content are not recorded; what is empty here is unknown.";

/**
 * Exchanges as an HTTP Archive 1.2, which browsers' developer tools open.
 * @param exchanges newest first
 * @param version of the proxy
 */
export function harOf(exchanges: readonly SeenExchange[], version: string): unknown {
  return {
    log: {
      version: "1.2",
      creator: { name: "caching-proxy", version },
      comment: SEEN,
      pages: [],
      entries: exchanges.map(seenEntry).reverse(),
    },
  };
}

/** What is to be said of an archive of such exchanges. */
export const SEEN = `Seen by caching-proxy. ${UNKNOWN}`;

/** An exchange as an entry; what is not known of it is empty, and its comment says so. */
export function seenEntry(exchange: SeenExchange): object {
  const { at, durationMs, originMs, method, publicOrigin, path, status, bytes, outcome, why, cacheStatus } = exchange;
  const url = publicOrigin + path;
  const unknown = { httpVersion: "", cookies: [], headers: [], headersSize: -1 };
  const fields = cacheStatus === undefined ? [] : [{ name: "Cache-Status", value: cacheStatus }];
  return {
    startedDateTime: new Date(at).toISOString(),
    time: durationMs,
    request: { method, url, ...unknown, queryString: queryOf(url), bodySize: -1 },
    response: {
      ...unknown,
      ...{ status, statusText: "", headers: fields, redirectURL: "", bodySize: bytes ?? -1 },
      content: {
        size: bytes ?? 0,
        mimeType: "",
        comment: bytes === undefined ? "Its size is unknown." : "Its text is unknown.",
      },
    },
    cache: {},
    timings: {
      send: 0,
      wait: durationMs,
      receive: 0,
      comment: originMs === undefined ? "" : `The origin took ${originMs} ms.`,
    },
    comment: `${outcome.toUpperCase()}${why === undefined ? "" : ` (${why})`}. ${UNKNOWN}`,
  };
}

function queryOf(url: string): readonly { readonly name: string; readonly value: string }[] {
  return [...(URL.parse(url)?.searchParams ?? [])].map(([name, value]) => ({ name, value }));
}
