import type { ResponseParts } from "../http/exchange.ts";

/** One event of a stream (HTML, Server-sent events §9.2.5). */
export function eventText(name: string, data: unknown): string {
  // JSON has no line ends of its own.
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** What nobody sees, and keeps what lies between from giving the connection up. */
export const HEARTBEAT = ": still here\n\n";

/**
 * A stream of events. The next ones are asked for when the client has taken those before: a slow one is asked less often, and nothing
 * piles up for it.
 * @param opening sent at once, since a header section leaves with the first of the content only
 * @param next resolves to the next events as text, or to undefined where they end; not called again before
 * @param onLeave told once when the client has left, or when the stream ended
 */
export function eventStream(
  opening: string,
  next: () => Promise<string | undefined>,
  onLeave: () => void,
): ResponseParts {
  const encoder = new TextEncoder();
  let isLeft = false;
  const leave = (): void => {
    isLeft = true;
    onLeave();
  };
  const source = {
    start(controller: ReadableStreamDefaultController<Uint8Array>) {
      controller.enqueue(encoder.encode(opening));
    },
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      try {
        const text = await next();
        if (isLeft) return;
        if (text !== undefined) return controller.enqueue(encoder.encode(text));
      } catch (error) {
        leave();
        throw error;
      }
      leave();
      controller.close();
    },
    cancel: leave,
  };
  // Nothing is made ready before it is asked for: it would be old by then.
  const body = new ReadableStream<Uint8Array>(source, { highWaterMark: 0 });
  return { status: 200, headers: eventStreamFields(), body };
}

/** The fields of a stream of events: nobody keeps it, nobody between holds it back. */
export function eventStreamFields(): Headers {
  return new Headers({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
}
