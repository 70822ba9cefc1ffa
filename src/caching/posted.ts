import { keptUrl, NOTHING_IGNORED } from "./ignored-query.ts";
import type { Site } from "./invalidation.ts";
import { cacheKey, targetOf } from "./key.ts";
import type { Policy } from "./policy.ts";
import { type Received, read } from "./stored.ts";

/**
 * Whether a response to POST is what a GET of its target would bring, and says for how long (RFC 9110 §9.3.3, §8.7): a 200 whose
 * Content-Location is the target and whose lifetime is stated. Whether it may be stored is for `storable` to say.
 * @param target what was asked of the origin
 */
export function isRepresentation(received: Received, target: URL, site: Site): boolean {
  if (received.status !== 200 || !namesTarget(received.headers.get("content-location"), target, site)) return false;
  // A POST is where one is logged in: what it sets is for who sent it, though the letter would share it (RFC 9111 §7.3).
  if (received.headers.has("set-cookie")) return false;
  const { source } = read(received, false, NO_GUESS).lifetime;
  return source === "s-maxage" || source === "max-age" || source === "expires";
}

/**
 * Content-Location by the origin's own name for the target, or by the one by which the client asked. A path is read as the origin
 * means it: what a client might take it for may be another resource.
 */
function namesTarget(
  location: string | null,
  target: URL,
  { origin, publicOrigin, ignored = NOTHING_IGNORED }: Site,
): boolean {
  // An empty one would be the target by the letter, but nobody who means that writes it so.
  const named = location === null || location === "" ? null : URL.parse(location, target.href);
  if (named === null) return false;
  const url = keptUrl(named, ignored);
  const key = cacheKey(target);
  return cacheKey(url) === key || (url.origin === publicOrigin && cacheKey(targetOf(origin, url)) === key);
}

const NO_GUESS: Policy = { defaultTtl: 0, maxEntrySize: 0 };
