import { expect, test } from "bun:test";
import fc from "fast-check";
import { eventsIn, type StreamEvent } from "../../src/commands/event-stream.ts";

async function read(chunks: readonly Uint8Array[]): Promise<StreamEvent[]> {
  return Array.fromAsync(eventsIn(new Blob(chunks.map((chunk) => new Uint8Array(chunk))).stream()));
}

const TEXT =
  'event: hello\ndata: {"a":"§"}\n\n: still here\n\ndata:1\ndata: 2\nid: 7\n\nevent: cut off\ndata: never wh';
const EVENTS = [
  { name: "hello", data: '{"a":"§"}' },
  { name: "", data: "" },
  { name: "", data: "1\n2" },
];

test("events, what keeps the line open, and nothing of what is cut off", async () => {
  expect(await read([new TextEncoder().encode(TEXT)])).toEqual(EVENTS);
});

test("however the bytes come", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      const ends = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const [i, end] of ends.slice(1).entries()) controller.enqueue(bytes.slice(ends[i], end));
          controller.close();
        },
      });
      expect(await Array.fromAsync(eventsIn(stream))).toEqual(EVENTS);
    }),
  );
});

test("a line that breaks is an error", async () => {
  const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("reset")) });
  expect(Array.fromAsync(eventsIn(stream))).rejects.toThrow("reset");
});
