/** Whose turn it is while a request body passes. */
export type Turns = {
  /** The next chunk is the client's to send. */
  readonly client: () => void;
  /** What came is the origin's to take, and once it has all, to answer. */
  readonly origin: () => void;
};

/** A request body as it passes to the origin, at the pace at which the origin takes it. */
export function watched(body: ReadableStream<Uint8Array>, turns: Turns): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        turns.client();
        const next = await reader.read();
        turns.origin();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead of what the origin takes.
    { highWaterMark: 0 },
  );
}
