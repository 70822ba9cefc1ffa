import type { PublicName } from "../caching/key.ts";
import { CACHE_NAME } from "../http/cache-status.ts";
import type { Incoming } from "../http/exchange.ts";

/** Whether the X-Forwarded-* fields that a request brings are believed: only behind a balancer that sets them. */
export type ForwardedTrust = "trusted" | "untrusted";

/** Reads the name under which a client knows us, from Host or from what a trusted balancer says. */
export function publicName(incoming: Incoming, trust: ForwardedTrust): PublicName {
  const { url, headers } = incoming;
  const own = { scheme: url.protocol.slice(0, -1), authority: url.host };
  if (trust === "untrusted") return own;
  return {
    scheme: first(headers.get("x-forwarded-proto"))?.toLowerCase() ?? own.scheme,
    authority: first(headers.get("x-forwarded-host"))?.toLowerCase() ?? own.authority,
  };
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
  "x-original-url",
  "x-real-ip",
  "x-rewrite-url",
];

/**
 * The request's fields as the origin gets them: Via (RFC 9110 §7.6.3) and X-Forwarded-* set, Host left to the wire.
 * @returns a copy; the incoming fields stay as they are
 */
export function forwardedFields(incoming: Incoming, name: PublicName, trust: ForwardedTrust): Headers {
  const headers = new Headers(incoming.headers);
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
