import type { Incoming } from "./exchange.ts";

/** The content of a request that was to be read before anything is done with it. */
export type Content =
  /** To be sent as often as it takes. */
  | { readonly type: "whole"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** More than was to be read: all of it as it comes, once. */
  | { readonly type: "too-large"; readonly body: ReadableStream<Uint8Array> }
  /** The client broke off. */
  | { readonly type: "broken" };

/** Reads a request's body to its end, or until it turns out to be larger than `limit` bytes. */
export async function readContent(body: ReadableStream<Uint8Array>, limit: number): Promise<Content> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { type: "whole", bytes: Buffer.concat(chunks) };
      chunks.push(value);
      size += value.byteLength;
      if (size > limit) return { type: "too-large", body: resumed(chunks, reader) };
    }
  } catch {
    return { type: "broken" };
  }
}

/** The same for a request, also where another has read it before. */
export async function contentOf(
  { content, request }: Pick<Incoming, "content" | "request">,
  limit: number,
): Promise<Content> {
  const source = content ?? request.body;
  if (source === null) return { type: "whole", bytes: new Uint8Array(0) };
  return readContent(source instanceof Blob ? source.stream() : source, limit);
}

type Reader = {
  readonly read: () => Promise<{ readonly value?: Uint8Array | undefined }>;
  readonly cancel: (reason: unknown) => Promise<void>;
};

/** What was read already, and then the rest at the pace of who reads it. */
function resumed(chunks: Uint8Array[], rest: Reader): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const value = chunks.shift() ?? (await rest.read()).value;
        if (value === undefined) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => rest.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
