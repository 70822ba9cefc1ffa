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
 * The request that a call of `fetch` is. Bun's constructor takes what its `fetch` does not.
 * @throws TypeError where there is none
 */
export function requestOf(input: string | URL | Request, init: RequestInit | undefined): Request {
  const content = init?.body ?? undefined;
  if (input instanceof Request) {
    if (input.bodyUsed && content === undefined)
      throw new TypeError(`the body of the request for ${input.url} is used`);
  } else if (String(input).trim() === "") throw new TypeError("an empty text is no URL");
  const request = input instanceof Request ? new Request(input, init) : new Request(String(input), init);
  if (content !== undefined && (request.method === "GET" || request.method === "HEAD")) {
    throw new TypeError(`a ${request.method} of ${request.url} cannot have a body`);
  }
  return request;
}

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
  const option = OF_BUN.find((name) => init && Reflect.get(init, name) !== undefined);
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
  const text = `${percentDecoded(username)}:${percentDecoded(password)}`;
  return `Basic ${new TextEncoder().encode(text).toBase64()}`;
}

/** As the URL standard has it: what is no escape stays as it is. */
function percentDecoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) =>
    new TextDecoder().decode(Uint8Array.fromHex(run.replaceAll("%", ""))),
  );
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
  if (isStream || came) return body;
  // Bun guesses the type of what states none, also of bytes.
  return new Blob([await request.blob()], { type: headers.get("content-type") ?? "" });
}
