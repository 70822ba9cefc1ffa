import { groupsByTag } from "./group.ts";
import type { Site } from "./invalidation.ts";
import { cacheKey, type Keyed, targetOf } from "./key.ts";
import type { Extent } from "./purge.ts";
import { urlPattern } from "./url-pattern.ts";

/** What somebody wants purged, in his words: URLs as he asks the proxy for them, as the origin has them, or as paths. */
export type PurgeWish =
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "prefix"; readonly prefix: string }
  | { readonly type: "pattern"; readonly pattern: string }
  | { readonly type: "tags"; readonly tags: readonly string[] }
  | { readonly type: "everything" };

/** What that is to the store, or why it is nothing, in a sentence without a full stop. */
export type PurgePlan =
  | { readonly type: "url"; readonly url: Keyed }
  | { readonly type: "extents"; readonly extents: readonly Extent[] }
  | { readonly type: "refused"; readonly why: string };

/** Finds out what a wish is about. */
export function purgePlan(wish: PurgeWish, site: Site): PurgePlan {
  switch (wish.type) {
    case "url":
      return urlPlan(wish.url, site);
    case "prefix":
      return prefixPlan(wish.prefix, site);
    case "pattern":
      return patternPlan(wish.pattern, site);
    case "tags":
      return { type: "extents", extents: wish.tags.flatMap((tag) => tagged(tag.trim(), site)) };
    case "everything":
      return { type: "extents", extents: [{ type: "everything" }] };
  }
}

function tagged(tag: string, { origin }: Site): readonly Extent[] {
  return groupsByTag(origin.origin, tag).map((group) => ({ type: "group", group }));
}

function urlPlan(text: string, site: Site): PurgePlan {
  const found = locate(text, site);
  if (found.type === "refused") return found;
  const { target } = found;
  return { type: "url", url: { target: () => target, key: cacheKey(target) } };
}

/** What begins with a path, with or without more of it; or, where it ends with `?`, the queries of one path. */
function prefixPlan(text: string, site: Site): PurgePlan {
  const question = text.indexOf("?");
  if (question >= 0 && question < text.length - 1) {
    const path = text.slice(0, question);
    const why = `the prefix "${text}" goes into the query, whose parameters have no order here; a pattern does it: ${path}?*${text.slice(question + 1)}*`;
    return refused(why);
  }
  const found = locate(text, site);
  if (found.type === "refused") return found;
  const { origin, pathname } = found.target;
  return extent({ type: "prefix", prefix: origin + pathname + (question < 0 ? "" : "?") });
}

function patternPlan(text: string, site: Site): PurgePlan {
  const named = /^[a-z][a-z+.-]*:\/\/[^/]*/i.exec(text)?.[0];
  const rest = named === undefined ? text : text.slice(named.length) || "/";
  if (!rest.startsWith("/")) {
    return refused(`the pattern "${text}" does not begin with / or with http:// and a host`);
  }
  const found = named === undefined ? OURS : nameOf(named, site);
  if (found.type === "refused") return found;
  const base = baseOf(site);
  if (found.type === "origin" && !rest.startsWith(base)) return refused(notBelow(text, site));
  const escaped = base.replaceAll(/[*:{}()\\?+]/g, "\\$&");
  try {
    const pattern = urlPattern(found.type === "origin" ? rest : escaped + rest);
    const { origin } = site.origin;
    return extent({ type: "pattern", pattern: origin + pattern.text, prefix: origin + pattern.literal });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const grammar = "* matches anything, :name one piece of the path, and \\ takes the sign behind it as it is";
    return refused(`"${text}" is no pattern: ${why.replace(/\.$/, "")} (${grammar})`);
  }
}

type Located = { readonly type: "target"; readonly target: URL } | { readonly type: "refused"; readonly why: string };

/** The URL on the origin that a text means. */
function locate(text: string, site: Site): Located {
  if (text.startsWith("/")) {
    const asked = URL.parse(site.publicOrigin + text);
    return asked === null ? refused(`"${text}" is no path`) : { type: "target", target: targetOf(site.origin, asked) };
  }
  const url = URL.parse(text);
  if (url === null) return refused(`"${text}" is neither a URL nor a path that begins with /`);
  const found = nameOf(url.href, site);
  switch (found.type) {
    case "refused":
      return found;
    case "ours":
      return { type: "target", target: targetOf(site.origin, url) };
    case "origin":
      url.hash = "";
      return isBelow(url.pathname, site) ? { type: "target", target: url } : refused(notBelow(text, site));
  }
}

type Name =
  | { readonly type: "ours" }
  | { readonly type: "origin" }
  | { readonly type: "refused"; readonly why: string };
const OURS: Name = { type: "ours" };

/** Whose name a URL has. */
function nameOf(text: string, { origin, publicOrigin }: Site): Name {
  const url = URL.parse(text);
  if (url === null) return refused(`"${text}" is no URL`);
  if (url.origin === origin.origin) return { type: "origin" };
  if (url.host === new URL(publicOrigin).host || isSameMachine(url, new URL(publicOrigin))) return OURS;
  const right = `this proxy is ${publicOrigin} and its origin ${origin.origin}; a path alone does, too`;
  return refused(`nothing of ${url.host || url.href} is stored here: ${right}`);
}

/** By whichever of its names this machine is called, a port is the same. */
function isSameMachine(a: URL, b: URL): boolean {
  return a.port === b.port && LOOPBACK.has(a.hostname) && LOOPBACK.has(b.hostname);
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

function baseOf({ origin }: Site): string {
  return origin.pathname === "/" ? "" : origin.pathname;
}

function isBelow(pathname: string, site: Site): boolean {
  const base = baseOf(site);
  return pathname === base || pathname.startsWith(`${base}/`);
}

function notBelow(text: string, { origin }: Site): string {
  return `${text} is not below ${origin.href}, which is all that this proxy asks for`;
}

function extent(what: Extent): PurgePlan {
  return { type: "extents", extents: [what] };
}

function refused(why: string): { readonly type: "refused"; readonly why: string } {
  return { type: "refused", why };
}
