import { apartFrom } from "../caching/apart.ts";
import { type RangeAsked, rangeAsked } from "../caching/cut.ts";
import { type CacheKey, keysFor, orderedKey, type QueryMethod, queryKey, targetOf } from "../caching/key.ts";
import { isPersonal } from "../caching/personal.ts";
import { type Presented, presented } from "../caching/selecting.ts";
import { parseRequestDirectives, type RequestDirectives } from "../http/cache-control.ts";
import type { Incoming } from "../http/exchange.ts";
import type { CacheableMethod } from "../http/method.ts";
import { rememberedWith } from "../http/remembered.ts";
import { claimedPlace, type ForwardedTrust } from "./forwarded-fields.ts";

/** Where a request is meant for, and by which name it came. */
export type Destination = {
  /** With its base path. */
  readonly origin: URL;
  /** What is asked of the origin; built where it is needed, which a hit does not. */
  readonly target: () => URL;
  /** The key of that. */
  readonly key: CacheKey;
  /** The scheme and authority by which the client asked; with a name in front where responses are stored apart. */
  readonly publicOrigin: string;
};

/** A request that the cache may answer, with what every decision about it rests on. */
export type Ask = Destination & {
  readonly incoming: Incoming;
  readonly method: CacheableMethod;
  readonly headers: Headers;
  readonly presented: Presented;
  readonly directives: RequestDirectives;
  /** The part that it asks for; undefined for the whole. */
  readonly range: RangeAsked | undefined;
  /** Whether it says who sends it; looked at only where it matters. */
  readonly personal: () => boolean;
};

/** Tells where requests are meant for. `origin`: as configured, with its base path. */
export function destinations(origin: URL, trust: ForwardedTrust): (incoming: Incoming) => Destination {
  const keyOf = keysFor(origin);
  const read = (asked: URL) => ({ key: keyOf(asked), own: asked.origin });
  const known = rememberedWith(read);
  return (incoming) => {
    let target: URL | undefined;
    const { key, own } = incoming.comesAgain ? known(incoming.url) : read(incoming.url);
    return {
      origin,
      target() {
        target ??= targetOf(origin, incoming.url);
        return target;
      },
      key,
      publicOrigin: trust === "trusted" ? claimedPlace(incoming) : own,
    };
  };
}

/** How it goes by the request where it is meant for. */
export type Routing = {
  /** Whom it is sent to, with the base path: the same object for the same origin. */
  readonly originOf: (incoming: Incoming) => URL;
  /** Whether the order of its query's parameters makes a difference. */
  readonly isOrdered: (incoming: Incoming) => boolean;
  /** Apart from whom its responses are stored; undefined where they are for all who ask for the URL. */
  readonly apart: (incoming: Incoming) => string | undefined;
};

/** The same where it goes by the request. */
export function routedDestinations(
  { originOf, isOrdered, apart }: Routing,
  trust: ForwardedTrust,
): (incoming: Incoming) => Destination {
  const destinationsOf = rememberedWith((origin: URL) => destinations(origin, trust));
  return (incoming) => {
    const to = destinationsOf(originOf(incoming))(incoming);
    const name = apart(incoming);
    const own = name === undefined ? to : { ...to, publicOrigin: apartFrom(to.publicOrigin, name) };
    return isOrdered(incoming) ? { ...own, key: orderedKey(own.key, incoming.url.search) } : own;
  };
}

/** Reads what the cache wants to know of a request, once. */
export function ask(incoming: Incoming, method: CacheableMethod, to: Destination): Ask {
  const { headers } = incoming;
  let personal: boolean | undefined;
  return {
    incoming,
    method,
    headers,
    presented: presented(headers),
    directives: parseRequestDirectives(headers.get("cache-control"), headers.get("pragma")),
    range: rangeAsked(method, headers),
    personal() {
      personal ??= isPersonal(headers);
      return personal;
    },
    origin: to.origin,
    target: to.target,
    key: to.key,
    publicOrigin: to.publicOrigin,
  };
}

/** The same for a request that asks by its content, which is part of the key and kept to be sent on. */
export function askQuery(
  incoming: Incoming,
  content: Uint8Array<ArrayBuffer>,
  to: Destination,
  digest: string,
  method: QueryMethod,
): Ask {
  const asked = ask({ ...incoming, content: new Blob([content]) }, "QUERY", to);
  const key = queryKey(to.key, digest, method);
  // Range means nothing for POST (RFC 9110 §14.2).
  return method === "POST" ? { ...asked, key, range: undefined } : { ...asked, key };
}
