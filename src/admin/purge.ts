import { parseCacheTags } from "../http/cache-tags.ts";
import type { Incoming } from "../http/exchange.ts";
import { asDetail } from "../http/problem.ts";
import type { Operation, Outcome } from "./admin.ts";
import { type JsonBody, readJson, tooLarge } from "./json-body.ts";

/** What a request wants purged. */
export type PurgeWish =
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "prefix"; readonly prefix: string }
  | { readonly type: "pattern"; readonly pattern: string }
  | { readonly type: "tags"; readonly tags: readonly string[] }
  | { readonly type: "everything" };

/** Does it, by the name at which the request came; how many responses went or are stale now, or why it cannot be done. */
export type Purge = (
  wish: PurgeWish,
  how: "hard" | "soft",
  publicOrigin: string,
) => Promise<{ readonly type: "purged"; readonly purged: number } | { readonly type: "refused"; readonly why: string }>;

/** `POST …/purge` with a JSON object: what to purge, and whether softly. */
export function purgeByJson(purge: Purge): Operation {
  return async (incoming) => {
    const body = await readJson(incoming.request);
    if (body.type === "too-large") return tooLarge("Too much to purge");
    const asked = readPurge(body);
    return asked.type === "refused" ? bad(asked.why) : answer(purge, asked, incoming);
  };
}

/**
 * The method PURGE on a resource, as Varnish, Squid and Fastly have it: the resource itself, or, where the request has `Cache-Tag`,
 * `Surrogate-Key` or `xkey`, whatever has one of those tags. `Fastly-Soft-Purge: 1` makes it soft.
 */
export function purgeByMethod(purge: Purge): Operation {
  return (incoming) => {
    const tags = parseCacheTags(incoming.headers);
    const { pathname, search } = incoming.url;
    const wish: PurgeWish = tags.length > 0 ? { type: "tags", tags } : { type: "url", url: pathname + search };
    const how = incoming.headers.get("fastly-soft-purge") === "1" ? "soft" : "hard";
    return answer(purge, { wish, how }, incoming);
  };
}

/** What is to be purged, and whether what it is about goes or becomes stale. */
export type PurgeAsked = { readonly wish: PurgeWish; readonly how: "hard" | "soft" };
type Read = ({ readonly type: "asked" } & PurgeAsked) | { readonly type: "refused"; readonly why: string };

async function answer(purge: Purge, { wish, how }: PurgeAsked, { url }: Incoming): Promise<Outcome> {
  const purged = await purge(wish, how, url.origin);
  return purged.type === "refused" ? bad(purged.why) : { type: "json", value: { purged: purged.purged, how } };
}

function bad(why: string): Outcome {
  return { type: "problem", problem: { status: 400, title: "Nothing to purge by that", detail: asDetail(why) } };
}

const TARGETS = ["url", "prefix", "pattern", "tag", "tags", "everything"] as const;
const SHAPE =
  'e.g. {"url": "/products/1"}, {"prefix": "/products/"}, {"pattern": "/products/:id"}, {"tag": "products"}, {"everything": true}, each with "soft": true if stale will do';

/** Reads what is asked for, strictly: a word that is misspelt must not purge something else. */
export function readPurge(body: Exclude<JsonBody, { readonly type: "too-large" }>): Read {
  if (body.type === "none") return refused(`the body is no JSON object, ${SHAPE}`);
  const { members } = body;
  const unknown = [...members.keys()].find((name) => name !== "soft" && !TARGETS.some((target) => target === name));
  if (unknown !== undefined) return refused(`there is no "${unknown}" to purge by, ${SHAPE}`);
  const given = TARGETS.filter((name) => members.has(name));
  const [target] = given;
  if (target === undefined) return refused(`the body names nothing to purge, ${SHAPE}`);
  if (given.length > 1) return refused(`one purge is by one thing, not by ${given.join(" and ")}`);
  const soft = members.get("soft") ?? false;
  if (typeof soft !== "boolean") return refused('"soft" is true or false');
  const wish = wishOf(target, members.get(target));
  return typeof wish === "string" ? refused(wish) : { type: "asked", wish, how: soft ? "soft" : "hard" };
}

/** What is to be purged, or what is wrong with it. */
function wishOf(target: (typeof TARGETS)[number], value: unknown): PurgeWish | string {
  switch (target) {
    case "url":
      return isText(value) ? { type: "url", url: value } : '"url" is a URL or a path';
    case "prefix":
      return isText(value) ? { type: "prefix", prefix: value } : '"prefix" is the beginning of a URL or a path';
    case "pattern":
      return isText(value) ? { type: "pattern", pattern: value } : '"pattern" is a URL pattern';
    case "tag":
      return isText(value) ? { type: "tags", tags: [value] } : '"tag" is one tag';
    case "tags":
      return Array.isArray(value) && value.length > 0 && value.every(isText)
        ? { type: "tags", tags: value }
        : '"tags" is a list of tags';
    case "everything":
      return value === true ? { type: "everything" } : '"everything" is true or left out';
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function refused(why: string): Read {
  return { type: "refused", why };
}
