import { describe, expect, jest, test } from "bun:test";
import fc from "fast-check";
import { readContent } from "../../src/http/content.ts";

/** A body that comes in these pieces. */
function bodyOf(chunks: readonly Uint8Array[], onCancel: (reason: unknown) => void = () => undefined) {
  const left = [...chunks];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
    cancel: onCancel,
  });
}

const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).map((_, i) => i);

describe("readContent", () => {
  test("any body comes out byte by byte, whole up to the limit and as a stream beyond it", async () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(80), async (pieces, limit) => {
        const all = Buffer.concat(pieces);
        const content = await readContent(bodyOf(pieces), limit);
        expect(content.type).toBe(all.length > limit ? "too-large" : "whole");
        if (content.type === "whole") expect(all.equals(content.bytes)).toBe(true);
        if (content.type === "too-large") expect(all.equals(await new Response(content.body).bytes())).toBe(true);
      }),
    );
  });

  test("a client that falls silent is waited for no longer than two minutes", async () => {
    jest.useFakeTimers();
    try {
      let left = false;
      const body = new ReadableStream<Uint8Array>({
        pull: () => new Promise(() => undefined),
        cancel() {
          left = true;
        },
      });
      const reading = readContent(body, 100);
      jest.advanceTimersByTime(119_999);
      expect(left).toBe(false);
      jest.advanceTimersByTime(1);
      expect(await reading).toEqual({ type: "broken", silentFor: 120_000 });
      expect(left).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  test("nothing is read beyond the limit before somebody asks for it", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(bytes(10));
        },
      },
      { highWaterMark: 0 },
    );
    const content = await readContent(endless, 25);
    expect([content.type, pulled]).toEqual(["too-large", 3]);
  });

  test("who leaves the stream cancels the body", async () => {
    const cancelled = Promise.withResolvers<unknown>();
    const content = await readContent(bodyOf([bytes(10), bytes(10)], cancelled.resolve), 5);
    if (content.type !== "too-large") throw new Error("it is larger than 5 bytes");
    await content.body.cancel("gone");
    expect(await cancelled.promise).toBe("gone");
  });

  test("a body that breaks off is none", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("reset")),
    });
    expect(await readContent(broken, 5)).toEqual({ type: "broken" });
  });
});
