/** Passes a body on at its reader's pace, keeping nothing; one that breaks off resets the client's connection. */
export function passage(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await reader.read();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      } catch {
        // Without a reason, since Bun prints one to the terminal.
        controller.error(undefined);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
