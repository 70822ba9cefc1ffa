import type { World } from "./world.ts";

/** A body that breaks off before any of it came, by which the client's connection is reset before a byte of an answer is sent. */
export function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // Without a reason, since Bun prints one to the terminal.
      controller.error(undefined);
    },
  });
}

/** What was sent has to leave first: a reset that follows at once takes it along. */
const FLUSH_MS = 50;

/**
 * A body that breaks off.
 * @param most bytes that are sent before; undefined for as many as come first
 */
export function cutShort(
  body: Blob | ReadableStream<Uint8Array>,
  most: number | undefined,
  pause: World["pause"],
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const reader = (body instanceof Blob ? body.stream() : body).getReader();
  let left = most ?? 1;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = left > 0 ? await reader.read() : undefined;
      if (next?.value !== undefined) {
        controller.enqueue(most === undefined ? next.value : next.value.subarray(0, left));
        left -= next.value.byteLength;
        return;
      }
      await reader.cancel();
      await pause(FLUSH_MS, signal);
      controller.error(undefined);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
