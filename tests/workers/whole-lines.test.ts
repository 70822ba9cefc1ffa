import { expect, test } from "bun:test";
import fc from "fast-check";
import { wholeLines } from "../../src/workers/whole-lines.ts";

/** What is handed on of a stream of these chunks. */
async function handedOn(chunks: readonly Uint8Array[]): Promise<string[]> {
  const written: string[] = [];
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  await wholeLines(stream, async (lines) => void written.push(new TextDecoder().decode(lines)));
  return written;
}

test("each piece ends with a line feed, whatever way the bytes came in; what has none at the end is left out", async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.array(bytes), async (begin, cuts) => {
      const text = new TextEncoder().encode(`${begin}\n\nä\nlast`);
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const [size = 0] of cuts) {
        chunks.push(text.subarray(at, at + 1 + (size % 7)));
        at += 1 + (size % 7);
      }
      chunks.push(text.subarray(at));
      const written = await handedOn(chunks);
      expect(written.filter((piece) => !piece.endsWith("\n"))).toEqual([]);
      expect(written.join("")).toBe(`${begin}\n\nä\n`);
    }),
  );
});

test("nothing is read while what came before is still being written", async () => {
  const written = Promise.withResolvers<void>();
  const reading = Promise.withResolvers<void>();
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (pulls++ === 2) return controller.close();
        controller.enqueue(new TextEncoder().encode("line\n"));
      },
    },
    { highWaterMark: 0 },
  );
  const done = wholeLines(stream, () => {
    reading.resolve();
    return written.promise;
  });
  await reading.promise;
  expect(pulls).toBe(1);
  written.resolve();
  await done;
  expect(pulls).toBe(3);
});
