import { formatHttpDate, type Instant } from "../http/date.ts";
import { KEEP_LENGTH_BYTES, type ResponseParts } from "../http/exchange.ts";
import { passage } from "../http/passage.ts";
import { isWithoutBody } from "../http/status.ts";

/** A response as Bun sends it right: what it would make of some fields on its own is wrong. */
export function mended(request: Request, parts: ResponseParts, clock: () => Instant): Response | Promise<Response> {
  const { status, body } = parts;
  const headers = withFields(request, parts, clock);
  const isEmpty = isWithoutBody(status) || request.method === "HEAD" || body === null;
  if (isEmpty || headers.has("content-type")) return new Response(body, { status, headers });
  return withoutType(status, headers, body);
}

/** The fields with those that Bun would add on its own, and wrongly. */
function withFields(request: Request, { status, headers }: ResponseParts, clock: () => Instant): Headers {
  const isDated = headers.has("date");
  // Bun would claim a length of 0 for HEAD. A GET whose length nobody knows beforehand comes in chunks.
  const isMeasured = request.method !== "HEAD" || isWithoutBody(status) || headers.has("content-length");
  if (isDated && isMeasured) return headers;
  // They may be shared.
  const copy = new Headers(headers);
  if (!isDated) copy.set("date", formatHttpDate(clock()));
  if (!isMeasured) copy.set("transfer-encoding", "chunked");
  return copy;
}

/** Bun names a type for buffered bodies that have none; a stream that ends as it starts keeps its length and gets none. */
async function withoutType(
  status: number,
  headers: Headers,
  body: Blob | ReadableStream<Uint8Array>,
): Promise<Response> {
  const length = headers.get("content-length");
  // A stream of ours is given no type either; a TransformStream would have Bun print why a body broke off.
  if (length === null || Number(length) > KEEP_LENGTH_BYTES) {
    return new Response(passage(body instanceof Blob ? body.stream() : body), { status, headers });
  }
  return new Response(atOnce(await wholeOf(body)), { status, headers });
}

/** A body in one piece, or undefined where it broke off. */
async function wholeOf(body: Blob | ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await new Response(body).bytes();
  } catch {
    return undefined;
  }
}

/** A stream that is there as it starts: with undefined one that is broken, by which the client's connection is reset. */
function atOnce(bytes: Uint8Array | undefined): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Without a reason, since Bun prints one to the terminal.
        if (bytes === undefined) return controller.error(undefined);
        controller.enqueue(bytes);
        controller.close();
      },
    },
    // Beyond the high-water mark, 256 bytes where none is given, Bun goes chunked.
    { highWaterMark: (bytes?.byteLength ?? 0) + 1 },
  );
}
