import { expect, test } from "bun:test";
import { back } from "../../src/wire/back.ts";

/** A body whose client sends one piece and then nothing. */
function stalled(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("a")) });
}

test("a client that sends nothing more of its request's content is waited for so long, and the origin is let go", async () => {
  const left = Promise.withResolvers<void>();
  await using origin = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (new URL(request.url).pathname === "/early") return new Response("early");
      await request.text().catch(() => left.resolve());
      return new Response("all of it");
    },
  });
  const send = back({ timeout: 20_000, tlsOf: () => undefined, silence: 30 });
  const post = (path: string) =>
    send({
      ...{ method: "POST", url: new URL(path, origin.url), headers: new Headers(), body: stalled() },
      signal: new AbortController().signal,
    });
  expect(await post("/")).toEqual({ type: "failed", failure: { type: "aborted", silentFor: 30 } });
  await left.promise;
});
