import { CLIENT_SILENCE } from "./client-silence.ts";
import type { Milliseconds } from "./date.ts";
import type { Incoming } from "./exchange.ts";

/** The content of a request that was to be read before anything is done with it. */
export type Content =
  /** To be sent as often as it takes. */
  | { readonly type: "whole"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** More than was to be read: all of it as it comes, once. */
  | { readonly type: "too-large"; readonly body: ReadableStream<Uint8Array> }
  /** The client broke off, or sent nothing more for too long. */
  | { readonly type: "broken"; readonly silentFor?: Milliseconds };

/** Reads a request's body to its end, until it turns out to be larger than `limit` bytes, or its client falls silent. */
export async function readContent(body: ReadableStream<Uint8Array>, limit: number): Promise<Content> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isSilent = false;
  const giveUp = (): void => {
    isSilent = true;
    // A read that is under way says then that there is no more.
    void reader.cancel();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      timer = setTimeout(giveUp, CLIENT_SILENCE);
      const { done, value } = await reader.read();
      clearTimeout(timer);
      if (isSilent) return { type: "broken", silentFor: CLIENT_SILENCE };
      if (done) return { type: "whole", bytes: Buffer.concat(chunks) };
      chunks.push(value);
      size += value.byteLength;
      if (size > limit) return { type: "too-large", body: resumed(chunks, reader) };
    }
  } catch {
    return { type: "broken" };
  } finally {
    clearTimeout(timer);
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
