import { annotate } from "../http/cache-status.ts";
import type { Incoming } from "../http/exchange.ts";
import { stripHopByHop } from "../http/hop-by-hop.ts";
import { problemResponse } from "../http/problem.ts";

/**
 * Reads a request, or refuses one that is not clear about what it asks.
 * @param client looks the peer's address up, which nobody knows any more once the peer has left
 */
export function accept(request: Request, client: () => string): Incoming | Response {
  const host = request.headers.get("host");
  // Bun joins repeated Host fields, and lets in one that is no authority: then the URL is not one either.
  const url = host?.includes(",") ? null : URL.parse(request.url);
  if (url === null || url.username !== "" || url.password !== "")
    return refuse("Bad Host", "The request needs one Host field that names a host.");
  const length = request.headers.get("content-length");
  if (length !== null && !/^\d+$/.test(length))
    return refuse("Bad Content-Length", "The request states a length that is none.");
  let address: string | undefined;
  return {
    request,
    url,
    headers: endToEnd(request.headers),
    client() {
      address ??= client();
      return address;
    },
  };
}

/**
 * The fields without those that Connection names. Where it names none the client's own object serves: of the other hop-by-hop fields no
 * decision takes any notice, and whoever sends on leaves them out.
 */
function endToEnd(headers: Headers): Headers {
  const connection = headers.get("connection");
  if (connection === null || connection === "keep-alive" || connection === "close") return headers;
  const copy = new Headers(headers);
  stripHopByHop(copy);
  return copy;
}

function refuse(title: string, detail: string): Response {
  const response = problemResponse({ status: 400, title, detail });
  annotate(response.headers, { type: "none", detail: "bad-request" });
  return response;
}
