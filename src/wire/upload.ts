/**
 * A request body as it passes to the origin, at the pace at which the origin takes it.
 * @param onProgress called with each chunk and at the end: as long as something moves, nobody waits for the origin
 */
export function watched(body: ReadableStream<Uint8Array>, onProgress: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await reader.read();
        onProgress();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead of what the origin takes.
    { highWaterMark: 0 },
  );
}
