import { annotate } from "../http/cache-status.ts";
import type { Incoming } from "../http/exchange.ts";
import { stripHopByHop } from "../http/hop-by-hop.ts";
import { problemResponse } from "../http/problem.ts";

/**
 * Reads a request, or refuses one that is not clear about what it asks.
 * @param client the peer's address, which nobody knows any more once the peer has left
 */
export function accept(request: Request, client: string): Incoming | Response {
  const host = request.headers.get("host");
  // Bun joins repeated Host fields, and lets in one that is no authority: then the URL is not one either.
  const url = host?.includes(",") ? null : URL.parse(request.url);
  if (url === null || url.username !== "" || url.password !== "")
    return refuse("Bad Host", "The request needs one Host field that names a host.");
  const length = request.headers.get("content-length");
  if (length !== null && !/^\d+$/.test(length))
    return refuse("Bad Content-Length", "The request states a length that is none.");
  return { request, url, headers: endToEnd(request.headers), client: () => client };
}

/** The fields without the hop-by-hop ones. The client's own object serves where there is nothing to take away. */
function endToEnd(headers: Headers): Headers {
  const connection = headers.get("connection");
  const plain = connection === null || connection === "keep-alive" || connection === "close";
  if (plain && !HOP_BY_HOP_ALONE.some((name) => headers.has(name))) return headers;
  const copy = new Headers(headers);
  stripHopByHop(copy);
  return copy;
}

/** Fields that clients send without a word of them in Connection; a plain Connection itself is left to whoever sends on. */
const HOP_BY_HOP_ALONE = [
  "te",
  "transfer-encoding",
  "proxy-authorization",
  "proxy-connection",
  "keep-alive",
  "upgrade",
  "trailer",
];

function refuse(title: string, detail: string): Response {
  const response = problemResponse({ status: 400, title, detail });
  annotate(response.headers, { type: "none", detail: "bad-request" });
  return response;
}
