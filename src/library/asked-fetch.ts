import type { Hop } from "./redirect.ts";

/** A call of `fetch`, read once. */
export type AskedFetch = {
  readonly hop: Hop;
  readonly signal: AbortSignal;
  readonly redirect: RequestInit["redirect"];
  readonly cache: Request["cache"];
};

/** Of Bun's `fetch`: how an origin is reached, of which the cache would know nothing. */
const OF_BUN = ["decompress", "protocol", "proxy", "s3", "tls", "unix"];

/**
 * Reads what `fetch` is called with.
 * @param codings the Accept-Encoding of a request that has none
 * @throws TypeError where that is nothing `fetch` takes, or an option that only the given `fetch` can have
 */
export async function askedFetch(
  request: Request,
  init: RequestInit | undefined,
  codings: string,
): Promise<AskedFetch> {
  const option = OF_BUN.find((name) => init !== undefined && Reflect.get(init, name) !== undefined);
  if (option !== undefined) {
    throw new TypeError(
      `${option} is an option of Bun's fetch, which a cache would not tell apart: give cachedFetch a fetch that has it, as in cachedFetch((url, init) => fetch(url, { ...init, ${option}: … }))`,
    );
  }
  const url = new URL(request.url);
  const headers = new Headers(request.headers);
  if (url.username !== "" || url.password !== "") {
    if (!headers.has("authorization")) headers.set("authorization", basic(url));
    url.username = "";
    url.password = "";
  }
  // Bytes are counted as they are sent (Fetch standard, HTTP-network-or-cache fetch).
  if (!headers.has("accept-encoding")) headers.set("accept-encoding", headers.has("range") ? "identity" : codings);
  return {
    hop: { method: request.method, url: url.href, headers, body: await bodyOf(request, init) },
    signal: request.signal,
    redirect: request.redirect,
    cache: request.cache,
  };
}

function basic({ username, password }: URL): string {
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${new TextEncoder().encode(text).toBase64()}`;
}

/** In one piece where it was given so, and can be sent again. */
async function bodyOf(request: Request, init: RequestInit | undefined): Promise<Hop["body"]> {
  const { method, headers, body } = request;
  if (body === null || method === "GET" || method === "HEAD") return null;
  const given = init?.body;
  const isStream =
    given instanceof ReadableStream || (typeof given === "object" && given !== null && Symbol.asyncIterator in given);
  // Of a Request that came by a socket the fields say how long its body is, of one that a program made only we would.
  const came = given === undefined && (headers.has("content-length") || headers.has("transfer-encoding"));
  return isStream || came ? body : await request.blob();
}
