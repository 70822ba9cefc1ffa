import { apartFrom, askedOrigin } from "../caching/apart.ts";
import { CACHE_NAME } from "../http/cache-status.ts";
import { CLAIMS, METHOD_OVERRIDES, placeClaimed, URL_OVERRIDES } from "../http/claims.ts";
import type { Incoming } from "../http/exchange.ts";
import { HOP_BY_HOP, stripNamed } from "../http/hop-by-hop.ts";
import { isCacheable } from "../http/method.ts";

/** Whether the X-Forwarded-* fields that a request brings are believed: only behind a balancer that sets them. */
export type ForwardedTrust = "trusted" | "untrusted";

/**
 * The scheme and authority by which a client knows us, from Host or from what a trusted balancer says: the origin is told, and so they
 * are part of what is asked.
 * @returns an origin in the sense of RFC 6454, in lower case, e.g. `http://localhost:3000`
 */
export function publicOrigin({ url, headers }: Incoming, trust: ForwardedTrust): string {
  const own = url.origin;
  if (trust === "untrusted") return own;
  const scheme = first(headers.get("x-forwarded-proto")) ?? schemeOf(own);
  const authority = first(headers.get("x-forwarded-host")) ?? authorityOf(own);
  // Whatever is no name must not become one.
  const claimed = URL.parse(`${scheme}://${authority}`);
  return claimed === null || !/^https?:$/.test(claimed.protocol) ? own : claimed.origin;
}

/** The same behind a trusted balancer, apart from others where that says more of the place that was asked. */
export function claimedPlace(incoming: Incoming): string {
  const own = publicOrigin(incoming, "trusted");
  const claimed = placeClaimed(incoming.headers, own);
  return claimed === undefined ? own : apartFrom(own, claimed);
}

function schemeOf(origin: string): string {
  return origin.slice(0, origin.indexOf(":"));
}

function authorityOf(origin: string): string {
  return origin.slice(origin.indexOf(":") + "://".length);
}

/** How often a request may have come through proxies of this name. */
export const MAX_HOPS = 10;

/** Whether a request goes round in circles, by what its Via says (RFC 9110 §7.6.3). */
export function isLoop(headers: Headers): boolean {
  const via = headers.get("via");
  return via !== null && via.split(CACHE_NAME).length > MAX_HOPS;
}

/** Not sent on whoever asks: Expect has been answered by the front, and forwarded would only cost a round trip. */
const NEVER_SENT = [...HOP_BY_HOP, ...URL_OVERRIDES, "host", "expect"];

/** Fields that are not sent on, by whether those of X-Forwarded-* are believed, and by the method. */
const UNSENT: Readonly<Record<ForwardedTrust, Readonly<Record<"cacheable" | "other", ReadonlySet<string>>>>> = {
  // What is stored for others is to be the answer to the method that was asked.
  trusted: { cacheable: new Set([...NEVER_SENT, ...METHOD_OVERRIDES]), other: new Set(NEVER_SENT) },
  untrusted: {
    cacheable: new Set([...NEVER_SENT, ...METHOD_OVERRIDES, ...CLAIMS]),
    other: new Set([...NEVER_SENT, ...CLAIMS]),
  },
};

/**
 * The request's fields as the origin gets them: Via (RFC 9110 §7.6.3) and X-Forwarded-* set, Host left to the wire.
 * @returns a copy; the incoming fields stay as they are
 */
export function forwardedFields(incoming: Incoming, publicOrigin: string, trust: ForwardedTrust): Headers {
  const headers = new Headers(incoming.headers);
  stripNamed(headers);
  const { cacheable, other } = UNSENT[trust];
  const unsent = isCacheable(incoming.request.method) ? cacheable : other;
  // There are more that are not sent than a client sends at all.
  for (const name of incoming.headers.keys()) if (unsent.has(name)) headers.delete(name);
  const chain = trust === "trusted" ? headers.get("x-forwarded-for") : null;
  const client = incoming.client();
  if (client !== "") headers.set("x-forwarded-for", chain === null ? client : `${chain}, ${client}`);
  headers.set("x-forwarded-host", authorityOf(askedOrigin(publicOrigin)));
  headers.set("x-forwarded-proto", schemeOf(publicOrigin));
  headers.append("via", `1.1 ${CACHE_NAME}`);
  if (!headers.has("user-agent")) headers.set("user-agent", CACHE_NAME);
  return headers;
}

function first(value: string | null): string | undefined {
  const member = value?.split(",")[0]?.trim();
  return member === "" ? undefined : member;
}
