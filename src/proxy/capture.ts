import type { CaptureBudget } from "./capture-budget.ts";

/** A body as it passes, and what happens once it is known to be whole. */
export type Capture = {
  readonly body: ReadableStream<Uint8Array>;
  /** Larger bodies pass on uncaptured, in bytes. */
  readonly limit: number;
  readonly budget: CaptureBudget;
  /** What Content-Length announced, if it did; a body of another length is not whole. */
  readonly announced: number | undefined;
  /** Called with the whole body before the reader learns of its end, so that whoever asks next finds it stored. */
  readonly whenWhole: (body: Blob) => Promise<void> | void;
};

/**
 * Passes a body on at its reader's pace and keeps a copy. Nothing is handed to `whenWhole` unless the body came to its proven end:
 * not when it broke off, not when the reader left, not when it outgrew the limit or the budget.
 */
export function capture(of: Capture): ReadableStream<Uint8Array> {
  let chunks: Uint8Array[] | undefined = [];
  let size = 0;
  let held = 0;
  const letGo = (): void => {
    chunks = undefined;
    of.budget.give(held);
    held = 0;
  };
  return pump(of.body, {
    chunk(bytes) {
      size += bytes.byteLength;
      if (chunks === undefined) return;
      if (size > of.limit || !of.budget.take(bytes.byteLength)) return letGo();
      held += bytes.byteLength;
      chunks.push(bytes);
    },
    async end() {
      const whole = of.announced === undefined || of.announced === size;
      if (chunks !== undefined && whole) await of.whenWhole(new Blob(chunks));
    },
    gone: letGo,
  });
}

/** Passes a body on at its reader's pace; one that breaks off resets the client's connection. */
export function passage(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return pump(body, { chunk: () => undefined, end: async () => undefined, gone: () => undefined });
}

/** What watches a body pass. */
type Tap = {
  readonly chunk: (bytes: Uint8Array) => void;
  /** The body came to its end. */
  readonly end: () => Promise<void>;
  /** There is nothing more to come, for whatever reason; always called, once. */
  readonly gone: () => void;
};

function pump(body: ReadableStream<Uint8Array>, tap: Tap): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await reader.read();
        if (next.done) {
          await tap.end();
          tap.gone();
          controller.close();
        } else {
          tap.chunk(next.value);
          controller.enqueue(next.value);
        }
      } catch {
        tap.gone();
        // Without a reason, since Bun prints one to the terminal; the client's connection is reset all the same.
        controller.error(undefined);
      }
    },
    cancel(reason) {
      tap.gone();
      return reader.cancel(reason);
    },
  });
}
