declare const brand: unique symbol;

/** Under which responses are stored: what the origin is asked for. */
export type CacheKey = string & { readonly [brand]: "CacheKey" };

/**
 * The key of a request (RFC 9111 §2): the URL asked of the origin, its query sorted by name.
 * @param target what is asked of the origin, no fragment
 */
export function cacheKey(target: URL): CacheKey {
  return brandKey(target.origin + target.pathname + sortedQuery(target.search));
}

/**
 * What is asked of the origin for a URL that a client asked of us.
 * @param origin the configured origin; its path, without a trailing slash, goes in front
 */
export function targetOf(origin: URL, asked: URL): URL {
  const base = origin.pathname === "/" ? "" : origin.pathname;
  return new URL(origin.origin + base + asked.pathname + asked.search);
}

/**
 * A query with its parameters in the order of their raw names; repeated names keep their order, and nothing is decoded,
 * so that only order is ever merged.
 * @param search empty, or with the leading `?`
 */
export function sortedQuery(search: string): string {
  if (!search.includes("&")) return search;
  const parameters = search.slice(1).split("&");
  return `?${parameters.sort((a, b) => compare(rawName(a), rawName(b))).join("&")}`;
}

/** What a person recognises the key by: path and query, without the origin's address. */
export function shownKey(key: CacheKey): string {
  return key.slice(key.indexOf("/", key.indexOf("://") + 3));
}

/**
 * Whether distinct targets of a client may have collapsed into this URL: Bun replaces raw bytes that are not UTF-8 by U+FFFD
 * before anybody sees them. Such a request is never answered from the cache.
 */
export function isAmbiguous(target: URL): boolean {
  return target.href.includes("%EF%BF%BD");
}

function rawName(parameter: string): string {
  const equals = parameter.indexOf("=");
  return equals < 0 ? parameter : parameter.slice(0, equals);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// The one place where a string becomes a key.
function brandKey(text: string): CacheKey {
  return text as CacheKey;
}
