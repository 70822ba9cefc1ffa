/**
 * Passes a body on at its reader's pace, keeping nothing; one that breaks off resets the client's connection.
 * @param whenOver called once nothing more will come, for whatever reason
 */
export function passage<T extends Uint8Array>(
  body: ReadableStream<T>,
  whenOver: () => void = NOBODY,
): ReadableStream<T> {
  const reader = body.getReader();
  return new ReadableStream<T>({
    async pull(controller) {
      try {
        const next = await reader.read();
        if (!next.done) return controller.enqueue(next.value);
        whenOver();
        controller.close();
      } catch {
        whenOver();
        // Without a reason, since Bun prints one to the terminal.
        controller.error(undefined);
      }
    },
    cancel(reason) {
      whenOver();
      return reader.cancel(reason);
    },
  });
}

const NOBODY = (): void => undefined;
