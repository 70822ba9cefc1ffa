import { after } from "../http/at-once.ts";
import type { Effect } from "./effect.ts";
import type { World } from "./world.ts";

/** Lets bodies through no faster than the rule says. */
export const slowing: Effect = (matched, world) => {
  const rate = matched.first("bandwidth")?.value;
  if (rate === undefined) return undefined;
  return (next) => (incoming) =>
    after(next(incoming), (reply) => {
      const { status, headers, body } = reply.response;
      if (body === null || incoming.request.method === "HEAD") return reply;
      // A length would have the front wait for the whole where no type is named.
      const fields = new Headers(headers);
      fields.delete("content-length");
      const slowed = slowly(body, rate, world, incoming.request.signal);
      return { ...reply, response: { status, headers: fields, body: slowed } };
    });
};

/** So often a second something comes. */
const PIECES = 10;

/** A body that comes at so many bytes a second. */
export function slowly(
  body: Blob | ReadableStream<Uint8Array>,
  rate: number,
  { pause, steady }: Pick<World, "pause" | "steady">,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const reader = (body instanceof Blob ? body.stream() : body).getReader();
  const most = Math.max(1, Math.floor(rate / PIECES));
  let rest = new Uint8Array(0);
  let began: number | undefined;
  let sent = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (rest.byteLength === 0) {
        const next = await reader.read();
        if (next.done) return controller.close();
        rest = new Uint8Array(next.value);
      }
      began ??= steady();
      const piece = rest.subarray(0, most);
      rest = rest.subarray(piece.byteLength);
      sent += piece.byteLength;
      // A piece is there once it would have come over such a line.
      const wait = began + (sent / rate) * 1000 - steady();
      if (wait > 0) await pause(wait, signal);
      controller.enqueue(piece);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
