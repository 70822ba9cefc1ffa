import { isToken, splitList } from "./list.ts";

/** Fields that belong to one connection and are neither forwarded nor stored (RFC 9110 §7.6.1, RFC 9111 §3.1). */
export const HOP_BY_HOP: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Fields that Connection may not take away: they frame or route the message, or the cache's own decision rests on them. */
const PROTECTED = new Set([
  "age",
  "authorization",
  "cache-control",
  "cache-group-invalidation",
  "cache-groups",
  "cdn-cache-control",
  "content-length",
  "cookie",
  "date",
  "etag",
  "expires",
  "host",
  "last-modified",
  "set-cookie",
  "vary",
]);

/** Whether a field, in lower case, belongs to one connection whatever Connection says. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.includes(name);
}

/** Removes the hop-by-hop fields and those that Connection names, in place. */
export function stripHopByHop(headers: Headers): void {
  stripNamed(headers);
  for (const name of HOP_BY_HOP) headers.delete(name);
}

/** Removes the fields that Connection names, in place. */
export function stripNamed(headers: Headers): void {
  const connection = headers.get("connection");
  // As it mostly is: then it names no field.
  if (connection === null || connection === "keep-alive" || connection === "close") return;
  for (const option of splitList(connection)) {
    const name = option.toLowerCase();
    // Connection may hold anything.
    if (isToken(name) && !PROTECTED.has(name)) headers.delete(name);
  }
}
