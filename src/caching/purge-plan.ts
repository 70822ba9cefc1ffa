import { groupsByTag } from "./group.ts";
import type { Site } from "./invalidation.ts";
import type { Keyed } from "./key.ts";
import { basePath, namedPrefix, namedUrl, notBelow, type Owner, ownerOf } from "./naming.ts";
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
      return namedUrl(wish.url, site);
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

/** What begins with a path, with or without more of it; or, where it ends with `?`, the queries of one path. */
function prefixPlan(text: string, site: Site): PurgePlan {
  const question = text.indexOf("?");
  if (question >= 0 && question < text.length - 1) {
    const path = text.slice(0, question);
    const why = `the prefix "${text}" goes into the query, whose parameters have no order here; a pattern does it: ${path}?*${text.slice(question + 1)}*`;
    return refused(why);
  }
  const found = namedPrefix(text, site);
  return found.type === "refused" ? found : extent(found);
}

function patternPlan(text: string, site: Site): PurgePlan {
  const named = /^[a-z][a-z+.-]*:\/\/[^/]*/i.exec(text)?.[0];
  const rest = named === undefined ? text : text.slice(named.length) || "/";
  if (!rest.startsWith("/")) {
    return refused(`the pattern "${text}" does not begin with / or with http:// and a host`);
  }
  const owner: Owner = named === undefined ? { type: "proxy" } : ownerOf(named, site);
  if (owner.type === "refused") return owner;
  const base = basePath(site);
  if (owner.type === "origin" && !rest.startsWith(base)) return notBelow(text, site);
  const escaped = base.replaceAll(/[*:{}()\\?+]/g, "\\$&");
  try {
    const pattern = urlPattern(owner.type === "origin" ? rest : escaped + rest);
    const { origin } = site.origin;
    return extent({ type: "pattern", pattern: origin + pattern.text, prefix: origin + pattern.literal });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const grammar = "* matches anything, :name one piece of the path, and \\ takes the sign behind it as it is";
    return refused(`"${text}" is no pattern: ${why.replace(/\.$/, "")} (${grammar})`);
  }
}

function extent(what: Extent): PurgePlan {
  return { type: "extents", extents: [what] };
}

function refused(why: string): PurgePlan {
  return { type: "refused", why };
}
