import { formatHttpDate, type Instant } from "../http/date.ts";
import { passage } from "../http/passage.ts";
import { isWithoutBody } from "../http/status.ts";

/** A response as Bun sends it right: what it would make of some fields on its own is wrong. */
export function mended(request: Request, response: Response, clock: () => Instant): Response | Promise<Response> {
  const { headers } = response;
  if (!headers.has("date")) headers.set("date", formatHttpDate(clock()));
  if (isWithoutBody(response.status)) return response;
  if (request.method === "HEAD") {
    // Bun would claim a length of 0. A GET whose length nobody knows beforehand comes in chunks.
    if (!headers.has("content-length")) headers.set("transfer-encoding", "chunked");
    return response;
  }
  // What has no body has no type either, so that only then its body need be looked at, which would make a stream of it.
  return headers.has("content-type") || response.body === null ? response : withoutType(response);
}

/** Bun names a type for buffered bodies that have none; a stream that ends as it starts keeps its length and gets none. */
async function withoutType(response: Response): Promise<Response> {
  const { status, headers, body } = response;
  if (body === null) return response;
  const length = headers.get("content-length");
  // A stream of ours is given no type either; a TransformStream would have Bun print why a body broke off.
  if (length === null || Number(length) > KEEP_LENGTH_BYTES) return new Response(passage(body), { status, headers });
  return new Response(atOnce(await wholeOf(response)), { status, headers });
}

const KEEP_LENGTH_BYTES = 1024 * 1024;

/** A body in one piece, or undefined where it broke off. */
async function wholeOf(response: Response): Promise<Uint8Array | undefined> {
  try {
    return await response.bytes();
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
