import { askedOrigin } from "../caching/apart.ts";
import { CACHE_NAME } from "../http/cache-status.ts";
import type { Incoming } from "../http/exchange.ts";
import { stripHopByHop } from "../http/hop-by-hop.ts";

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

/** Fields by which a client could pass for a balancer; those that are not set anew are removed. */
const CLAIMS = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-proto",
  "x-forwarded-scheme",
  "x-forwarded-server",
  "x-forwarded-ssl",
  "x-original-host",
  "x-real-ip",
];

const URL_OVERRIDES = ["x-original-url", "x-rewrite-url"];

/**
 * The request's fields as the origin gets them: Via (RFC 9110 §7.6.3) and X-Forwarded-* set, Host left to the wire.
 * @returns a copy; the incoming fields stay as they are
 */
export function forwardedFields(incoming: Incoming, publicOrigin: string, trust: ForwardedTrust): Headers {
  const headers = new Headers(incoming.headers);
  stripHopByHop(headers);
  // Some frameworks take these for the URL, which is neither what we were asked for nor part of the key.
  for (const override of URL_OVERRIDES) headers.delete(override);
  const chain = trust === "trusted" ? headers.get("x-forwarded-for") : null;
  if (trust === "untrusted") for (const claim of CLAIMS) headers.delete(claim);
  const client = incoming.client();
  if (client !== "") headers.set("x-forwarded-for", chain === null ? client : `${chain}, ${client}`);
  headers.set("x-forwarded-host", authorityOf(askedOrigin(publicOrigin)));
  headers.set("x-forwarded-proto", schemeOf(publicOrigin));
  headers.append("via", `1.1 ${CACHE_NAME}`);
  headers.delete("host");
  // The front has answered it; forwarded it would only cost a round trip.
  headers.delete("expect");
  if (!headers.has("user-agent")) headers.set("user-agent", CACHE_NAME);
  return headers;
}

function first(value: string | null): string | undefined {
  const member = value?.split(",")[0]?.trim();
  return member === "" ? undefined : member;
}
