import { formatHttpDate, type Instant } from "../http/date.ts";
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
  if (response.body === null) return response;
  return headers.has("content-type") ? response : withoutType(response);
}

/** Bun names a type for buffered bodies that have none; a stream that ends as it starts keeps its length and gets none. */
async function withoutType(response: Response): Promise<Response> {
  const { status, headers } = response;
  const length = headers.get("content-length");
  if (length === null || Number(length) > KEEP_LENGTH_BYTES) {
    return new Response(response.body?.pipeThrough(new TransformStream()) ?? null, { status, headers });
  }
  const bytes = await response.bytes();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    },
    // Beyond the high-water mark, 256 bytes where none is given, Bun goes chunked.
    { highWaterMark: bytes.byteLength + 1 },
  );
  return new Response(body, { status, headers });
}

const KEEP_LENGTH_BYTES = 1024 * 1024;
