import { type PublicName, publicName } from "../caching/public-name.ts";
import { CACHE_NAME } from "../http/cache-status.ts";
import type { Incoming } from "../http/exchange.ts";

/** Whether the X-Forwarded-* fields that a request brings are believed: only behind a balancer that sets them. */
export type ForwardedTrust = "trusted" | "untrusted";

/** Reads the name under which a client knows us, from Host or from what a trusted balancer says. */
export function nameOf(incoming: Incoming, trust: ForwardedTrust): PublicName {
  const { url, headers } = incoming;
  const own = publicName(url.protocol.slice(0, -1), url.host);
  if (trust === "untrusted") return own;
  const scheme = first(headers.get("x-forwarded-proto")) ?? own.scheme;
  const authority = first(headers.get("x-forwarded-host")) ?? own.authority;
  // Whatever is no name must not become one.
  const claimed = URL.parse(`${scheme}://${authority}`);
  return claimed === null || !/^https?:$/.test(claimed.protocol) ? own : publicName(scheme, claimed.host);
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
export function forwardedFields(incoming: Incoming, name: PublicName, trust: ForwardedTrust): Headers {
  const headers = new Headers(incoming.headers);
  // Some frameworks take these for the URL, which is neither what we were asked for nor part of the key.
  for (const override of URL_OVERRIDES) headers.delete(override);
  const chain = trust === "trusted" ? headers.get("x-forwarded-for") : null;
  if (trust === "untrusted") for (const claim of CLAIMS) headers.delete(claim);
  const client = incoming.client();
  if (client !== "") headers.set("x-forwarded-for", chain === null ? client : `${chain}, ${client}`);
  headers.set("x-forwarded-host", name.authority);
  headers.set("x-forwarded-proto", name.scheme);
  headers.append("via", `1.1 ${CACHE_NAME}`);
  headers.delete("host");
  // The client's `close` is about its own connection; sent on it would end the origin's after each request.
  headers.delete("connection");
  // The front has answered it; forwarded it would only cost a round trip.
  headers.delete("expect");
  if (!headers.has("user-agent")) headers.set("user-agent", CACHE_NAME);
  return headers;
}

function first(value: string | null): string | undefined {
  const member = value?.split(",")[0]?.trim();
  return member === "" ? undefined : member;
}
