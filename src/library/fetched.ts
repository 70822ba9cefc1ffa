import type { ResponseParts } from "../http/exchange.ts";
import { splitList } from "../http/list.ts";
import { type Coding, decoded } from "./decoded.ts";
import { withReason } from "./with-reason.ts";

/** By their names in Content-Encoding. */
const CODINGS: Readonly<Record<string, Coding>> = {
  ...{ gzip: "gzip", "x-gzip": "gzip", deflate: "deflate", br: "brotli", zstd: "zstd" },
};

/**
 * A response as `fetch` gives it, with the content codings taken off, which the fields then no longer name; a part, and what is in a coding
 * that is not known here, stay as they are.
 * @param signal ends a body that is still to come
 * @param url of the last request
 * @param redirected whether that is another one than was asked for
 */
export function fetched(
  { status, headers, body }: ResponseParts,
  signal: AbortSignal,
  url: string,
  redirected: boolean,
): Response {
  const codings = splitList(headers.get("content-encoding") ?? "").map((name) => CODINGS[name.toLowerCase()]);
  const known = codings.filter((coding) => coding !== undefined);
  if (body === null || status === 206 || known.length === 0 || known.length < codings.length) {
    const whole = body instanceof ReadableStream ? withReason(body, signal) : body;
    const response = new Response(whole, { status, headers });
    // Bun guesses the type of bytes that it has read whole.
    if (!headers.has("content-type")) response.headers.delete("content-type");
    return named(response, url, redirected);
  }
  const fields = new Headers(headers);
  fields.delete("content-encoding");
  fields.delete("content-length");
  let stream = new Response(body).body;
  for (const coding of known.reverse()) stream = stream && decoded(stream, coding);
  return named(new Response(stream && withReason(stream, signal), { status, headers: fields }), url, redirected);
}

/** What only `fetch` itself can say in a response: its own properties stand before those of the class. */
function named(response: Response, url: string, redirected: boolean): Response {
  return Object.defineProperties(response, {
    url: { value: url, configurable: true },
    redirected: { value: redirected, configurable: true },
    clone: { value: () => named(Response.prototype.clone.call(response), url, redirected), configurable: true },
  });
}
