/**
 * A body that breaks off does so without a reason, which Bun's server would print; a program gets an error that it can show, or what the
 * signal was aborted with, also while it waits.
 */
export function withReason(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const over = new AbortController();
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const leave = (): void => {
        controller.error(signal.reason);
        reader.cancel(signal.reason).catch(() => over.abort());
      };
      signal.addEventListener("abort", leave, { once: true, signal: over.signal });
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        over.abort();
        controller.close();
      } catch (error) {
        over.abort();
        controller.error(signal.aborted ? signal.reason : new TypeError("the body broke off", { cause: error }));
      }
    },
    cancel(reason) {
      over.abort();
      return reader.cancel(reason);
    },
  });
}
