import { type RangeAsked, rangeAsked } from "../caching/cut.ts";
import { type CacheKey, cacheKey, isAmbiguous, queryKey, targetOf } from "../caching/key.ts";
import { isPersonal } from "../caching/personal.ts";
import { type PublicName, publicOrigin } from "../caching/public-name.ts";
import { queryDigest } from "../caching/query.ts";
import { type Presented, presented } from "../caching/selecting.ts";
import { parseRequestDirectives, type RequestDirectives } from "../http/cache-control.ts";
import type { Incoming } from "../http/exchange.ts";
import type { CacheableMethod } from "../http/method.ts";
import { type ForwardedTrust, nameOf } from "./forwarded-fields.ts";

/** Where a request is meant for, and by which name it came. */
export type Destination = { readonly target: URL; readonly name: PublicName };

/** A request that the cache may answer, with what every decision about it rests on. */
export type Ask = Destination & {
  readonly incoming: Incoming;
  readonly method: CacheableMethod;
  readonly headers: Headers;
  readonly presented: Presented;
  readonly publicOrigin: string;
  readonly directives: RequestDirectives;
  /** The part that it asks for; undefined for the whole. */
  readonly range: RangeAsked | undefined;
  /** Whether it says who sends it; looked at only where it matters. */
  readonly personal: () => boolean;
  readonly key: CacheKey;
};

/** Why a GET, HEAD or QUERY goes to the origin without a look at what is stored. */
export type BypassReason = "ambiguous-url" | "precondition-for-origin";

/** @param origin as configured, with its base path */
export function destination(incoming: Incoming, origin: URL, trust: ForwardedTrust): Destination {
  return { target: targetOf(origin, incoming.url), name: nameOf(incoming, trust) };
}

/** Reads what the cache wants to know of a request, once. */
export function ask(incoming: Incoming, method: CacheableMethod, to: Destination): Ask {
  const { headers } = incoming;
  return {
    incoming,
    method,
    headers,
    presented: presented(headers),
    publicOrigin: publicOrigin(to.name),
    directives: parseRequestDirectives(headers.get("cache-control"), headers.get("pragma")),
    range: rangeAsked(method, headers),
    personal: () => isPersonal(headers),
    target: to.target,
    name: to.name,
    key: cacheKey(to.target),
  };
}

/** The same for a QUERY, of which the content is part of the key and kept to be sent on. */
export function askQuery(incoming: Incoming, content: Uint8Array<ArrayBuffer>, to: Destination): Ask {
  const key = queryKey(to.target, queryDigest(content, incoming.headers));
  return { ...ask({ ...incoming, content: new Blob([content]) }, "QUERY", to), key };
}

/** Whether a request must not be answered from the cache at all, nor its answer kept. */
export function bypassReason(headers: Headers, target: URL): BypassReason | undefined {
  if (isAmbiguous(target)) return "ambiguous-url";
  // If-Match and If-Unmodified-Since are for the origin to evaluate (RFC 9111 §4.3.2).
  if (headers.has("if-match") || headers.has("if-unmodified-since")) return "precondition-for-origin";
  return undefined;
}
