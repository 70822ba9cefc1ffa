import { annotate } from "../http/cache-status.ts";
import type { Incoming, ResponseParts } from "../http/exchange.ts";
import { stripHopByHop } from "../http/hop-by-hop.ts";
import { problemResponse } from "../http/problem.ts";
import { Recurring } from "../http/recurring.ts";
import { REMEMBERED_URLS } from "../http/remembered.ts";

/**
 * Reads a request, or refuses one that is not clear about what it asks.
 * @param client looks the peer's address up, which nobody knows any more once the peer has left
 */
export function accept(request: Request, client: () => string): Incoming | ResponseParts {
  const host = request.headers.get("host");
  // Bun joins repeated Host fields, and lets in one that is no authority: then the URL is not one either.
  const known = host?.includes(",") ? NO_URL : knownUrls.find(request.url);
  const url = known ?? newUrl(request.url);
  if (url === NO_URL && request.method === "CONNECT") {
    return refuse("Bad target", "CONNECT asks for a tunnel, and this proxy opens none: ask for a path.");
  }
  if (url === NO_URL) {
    return refuse("Bad Host", "The request needs one Host field that names a host, and a target that is a path there.");
  }
  if (!hasSoundLength(request)) return refuse("Bad Content-Length", "The request states a length that is none.");
  let address: string | undefined;
  return {
    request,
    url,
    comesAgain: known !== undefined,
    headers: endToEnd(request.headers),
    client() {
      address ??= client();
      return address;
    },
  };
}

/** Bun joins repeated lengths. It drops the content of GET and HEAD, whatever they say of it. */
function hasSoundLength({ method, headers }: Request): boolean {
  if (method === "GET" || method === "HEAD") return true;
  const length = headers.get("content-length");
  return length === null || /^\d+$/.test(length);
}

const NO_URL = "none";
const LONGEST_REMEMBERED = 1024;

/** The URLs in requests, where they are such; the same object for those that come again. Longer ones would weigh too much. */
const knownUrls = new Recurring<URL | typeof NO_URL>(REMEMBERED_URLS);

function newUrl(text: string): URL | typeof NO_URL {
  const url = readUrl(text);
  if (text.length <= LONGEST_REMEMBERED) knownUrls.met(text, url);
  return url;
}

/** The URL in a request, where it is one that names a host and nobody. */
function readUrl(text: string): URL | typeof NO_URL {
  const url = URL.parse(text);
  // The target of a CONNECT, `host:port`, is a URL of a scheme of its own.
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return NO_URL;
  return url.username !== "" || url.password !== "" ? NO_URL : url;
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

function refuse(title: string, detail: string): ResponseParts {
  const response = problemResponse({ status: 400, title, detail });
  annotate(response.headers, { type: "none", detail: "bad-request" });
  return response;
}
