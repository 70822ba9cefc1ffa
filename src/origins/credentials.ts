import { isSafe } from "../http/method.ts";
import type { Outgoing } from "../http/origin.ts";

/**
 * The fields of a request with what tells the origin who we are. A client that says for itself who it is is left to that. So is a page of
 * another site that has a browser send what may change something: it would be done in our name (Fetch Metadata, Sec-Fetch-Site). What such
 * a page reads is kept from it by the browser.
 * @param authorization the field value; undefined where it need not know
 * @param method CONNECT for a WebSocket, as RFC 8441 has it: from that such a page could read as well
 */
export function authorized(
  { method, headers }: Pick<Outgoing, "method" | "headers">,
  authorization: string | undefined,
): Headers {
  if (authorization === undefined || headers.has("authorization")) return headers;
  if (headers.get("sec-fetch-site") === "cross-site" && !isSafe(method)) return headers;
  // Whoever sends it keeps the fields without: what is recorded, say, is to know nothing of it.
  const all = new Headers(headers);
  all.set("authorization", authorization);
  return all;
}
