import { parseCacheGroups } from "../http/cache-groups.ts";
import { isSafe } from "../http/method.ts";
import { cacheGroup, type Group } from "./group.ts";
import { type IgnoredQuery, keptUrl, NOTHING_IGNORED } from "./ignored-query.ts";
import { targetOf } from "./key.ts";

/** What the proxy stands in front of. */
export type Place = {
  /** The origin with its base path, as configured. */
  readonly origin: URL;
  /** What is dropped from every URL. */
  readonly ignored?: IgnoredQuery;
  /** Where else what a person names may lie: rules send requests to other origins, and drop more of some queries. */
  readonly further?: () => readonly Place[];
};

/** All that a person who names something may mean. */
export function everyPlace(place: Place): readonly Place[] {
  return [place, ...(place.further?.() ?? [])];
}

/** The names under which the same resources are known: to the origin, and to clients. */
export type Site = Place & {
  /** Scheme and authority by which the client reached us, e.g. `http://localhost:3000`. */
  readonly publicOrigin: string;
  /** What is asked of an origin where the client asks us for a URL by GET; absent where that is always below the one origin. */
  readonly readAt?: ((asked: URL) => URL) | undefined;
};

/**
 * The URLs whose stored responses a successful unsafe request invalidates (RFC 9111 §4.4): the target's own, and those in
 * Location and Content-Location where they are of the same site.
 * @param target what was asked of the origin
 * @returns URLs on the origin; nothing for a safe method or an error status
 */
export function invalidated(
  method: string,
  target: URL,
  site: Site,
  status: number,
  response: Headers,
): readonly URL[] {
  if (isSafe(method) || status < 200 || status > 399) return [];
  const { ignored = NOTHING_IGNORED } = site;
  const urls = [target];
  // As clients ask for them: a GET may be sent elsewhere, or with less of its query.
  const asked = [...askedBy(target, site)];
  for (const name of ["location", "content-location"]) {
    const value = response.get(name);
    const url = value === null ? null : URL.parse(value, target.href);
    if (url === null) continue;
    if (url.origin === site.publicOrigin) {
      urls.push(targetOf(site.origin, keptUrl(url, ignored)));
      asked.push(url);
    }
    if (url.origin !== target.origin) continue;
    urls.push(keptUrl(url, ignored));
    asked.push(...askedBy(url, site));
    // A client reads a path as one of ours, below which the origin's base path lies.
    if (site.origin.pathname !== "/" && value?.startsWith("/")) {
      urls.push(targetOf(site.origin, keptUrl(url, ignored)));
      asked.push(url);
    }
  }
  const { readAt } = site;
  if (readAt === undefined) return urls;
  return [
    ...new Map([...urls, ...asked.map((url) => readAt(keptUrl(url, ignored)))].map((url) => [url.href, url])).values(),
  ];
}

/** What a client asks for who is given a URL of the origin; none where it is not below its base path. */
function askedBy({ pathname, search }: URL, { origin, publicOrigin }: Site): readonly URL[] {
  const base = origin.pathname === "/" ? "" : origin.pathname;
  return pathname.startsWith(`${base}/`) ? [new URL(publicOrigin + pathname.slice(base.length) + search)] : [];
}

/**
 * The groups that the response to an unsafe request invalidates: those that its Cache-Group-Invalidation names (RFC 9875 §3).
 * Unlike RFC 9111 §4.4 that asks for no status: the origin says in so many words what has changed.
 * @param target what was asked of the origin; groups are those of its origin alone
 */
export function invalidatedGroups(method: string, target: URL, response: Headers): readonly Group[] {
  if (isSafe(method)) return [];
  const names = parseCacheGroups(response.get("cache-group-invalidation"));
  return names.map((name) => cacheGroup(target.origin, name));
}
