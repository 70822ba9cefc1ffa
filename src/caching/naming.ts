import { keptUrl, NOTHING_IGNORED } from "./ignored-query.ts";
import { everyPlace, type Place, type Site } from "./invalidation.ts";
import { cacheKey, type Keyed, targetOf } from "./key.ts";

/** Why what a person named is nothing of ours, in a sentence without a full stop. */
export type Unknown = { readonly type: "refused"; readonly why: string };
export type NamedUrl = { readonly type: "url"; readonly url: Keyed } | Unknown;
export type NamedPrefix = { readonly type: "prefix"; readonly prefix: string } | Unknown;

/** Finds what a person names by a path, by the URL at which he asks the proxy for it, or by the one that the origin has for it. */
export function namedUrl(text: string, site: Site): NamedUrl {
  const found = locate(text, site);
  if (found.type === "refused") return found;
  const target = keptUrl(found.target, site.ignored ?? NOTHING_IGNORED);
  return { type: "url", url: { target: () => target, key: cacheKey(target) } };
}

/** What a client would ask the proxy for to get what a person names, and whether he said by which of its names. */
export type NamedRequest =
  | { readonly type: "request"; readonly url: URL; readonly name: "stated" | "assumed" }
  | Unknown;

/** The same the other way round: what a client asks the proxy for. */
export function namedRequest(text: string, site: Site): NamedRequest {
  const found = locate(text, site);
  if (found.type === "refused") return found;
  if (!text.startsWith("/") && ownerOf(text, site).type === "proxy") {
    return { type: "request", url: new URL(text), name: "stated" };
  }
  const { pathname, search } = found.target;
  const fragment = text.includes("#") ? text.slice(text.indexOf("#")) : "";
  const path = pathname.slice(basePath(site).length);
  const url = new URL(`${site.publicOrigin}${path.startsWith("/") ? path : `/${path}`}${search}${fragment}`);
  return { type: "request", url, name: "assumed" };
}

/** With what the keys begin that a person names by the beginning of any of those; what ends with `?` are the queries of one path. */
export function namedPrefix(text: string, site: Site): NamedPrefix {
  const found = locate(text, site);
  if (found.type === "refused") return found;
  const { origin, pathname, search } = found.target;
  return { type: "prefix", prefix: origin + pathname + (text.endsWith("?") ? "?" : search) };
}

/** Whose name a URL has. */
export type Owner = { readonly type: "proxy" } | { readonly type: "origin" } | Unknown;

/** Tells the proxy's names from its origin's, which may be written with either scheme: the public often uses the other one. */
export function ownerOf(text: string, { origin, publicOrigin }: Site): Owner {
  const url = webUrl(text);
  if (url === undefined) return refused(`"${text}" is neither a path, which begins with /, nor an http or https URL`);
  const ours = new URL(publicOrigin);
  if (url.origin === origin.origin) return { type: "origin" };
  if (url.host === ours.host || isSameMachine(url, ours)) return { type: "proxy" };
  if (url.host === origin.host) return { type: "origin" };
  const known = `neither the proxy (${publicOrigin}) nor its origin (${origin.origin})`;
  return refused(`"${text}" is on ${url.host}, which is ${known}; a path alone does, too`);
}

/** Why a URL of the origin that is not below its base path is none of ours. */
export function notBelow(text: string, { origin }: Site): Unknown {
  return refused(`"${text}" is not below ${origin.href}, which is all that the proxy asks for`);
}

/** The path below which all that the proxy asks for lies: empty, or without a slash at its end. */
export function basePath({ origin }: Pick<Place, "origin">): string {
  return origin.pathname === "/" ? "" : origin.pathname;
}

/** The origin, with its base path, that a URL is asked of: of all that there are the one whose path it shares most of. */
export function originOfUrl(url: URL, place: Place): URL {
  const below = everyPlace(place).filter(({ origin }) => {
    const base = basePath({ origin });
    return url.origin === origin.origin && (url.pathname === base || url.pathname.startsWith(`${base}/`));
  });
  const longest = (a: Place, b: Place): Place => (b.origin.pathname.length > a.origin.pathname.length ? b : a);
  return below.reduce((a, b) => longest(a, b), below[0] ?? place).origin;
}

type Located = { readonly type: "target"; readonly target: URL } | Unknown;

/** The URL on the origin that a text means. */
function locate(text: string, site: Site): Located {
  if (text.startsWith("/")) {
    const asked = URL.parse(site.publicOrigin + text);
    return asked === null
      ? refused(`"${text}" is no path that a URL could have`)
      : { type: "target", target: targetOf(site.origin, asked) };
  }
  const owner = ownerOf(text, site);
  if (owner.type === "refused") return owner;
  const url = new URL(text);
  if (owner.type === "proxy") return { type: "target", target: targetOf(site.origin, url) };
  const base = basePath(site);
  return url.pathname === base || url.pathname.startsWith(`${base}/`)
    ? { type: "target", target: new URL(site.origin.origin + url.pathname + url.search) }
    : notBelow(text, site);
}

function webUrl(text: string): URL | undefined {
  return (/^https?:\/\//i.test(text) ? URL.parse(text) : null) ?? undefined;
}

/** By whichever of its names this machine is called, a port is the same. */
function isSameMachine(a: URL, b: URL): boolean {
  return a.port === b.port && LOOPBACK.has(a.hostname) && LOOPBACK.has(b.hostname);
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

function refused(why: string): Unknown {
  return { type: "refused", why };
}
