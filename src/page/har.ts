import type { ShownExchange } from "../observe/shown-exchange.ts";

const UNKNOWN = "Header fields and content are not recorded; what is empty here is unknown.";

/**
 * Exchanges as an HTTP Archive 1.2, which browsers' developer tools open.
 * @param exchanges newest first
 * @param version of the proxy
 */
export function harOf(exchanges: readonly ShownExchange[], version: string): unknown {
  return {
    log: {
      version: "1.2",
      creator: { name: "caching-proxy", version },
      comment: `Seen by caching-proxy. ${UNKNOWN}`,
      pages: [],
      entries: exchanges.map(entryOf).reverse(),
    },
  };
}

function entryOf(exchange: ShownExchange): unknown {
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
