import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { capture, passage } from "../../src/proxy/capture.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A body that gives these chunks, then ends or breaks. */
function body(chunks: readonly string[], end: "ends" | "breaks" = "ends"): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const next = rest.shift();
      if (next !== undefined) controller.enqueue(bytes(next));
      else if (end === "ends") controller.close();
      else controller.error(new Error("broke off"));
    },
  });
}

/** Captures, and gives what was passed on and what was kept. */
async function run(of: ReadableStream<Uint8Array>, limit: number, announced?: number) {
  const kept: Blob[] = [];
  const whenWhole = (blob: Blob) => {
    kept.push(blob);
  };
  const passed = await new Response(capture({ body: of, limit, announced, whenWhole })).text();
  return { passed, kept: await Promise.all(kept.map((blob) => blob.text())) };
}

describe("capture", () => {
  test("a whole body is passed on and kept once, whatever its chunks and up to its limit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, unit: "grapheme-ascii" })),
        fc.nat(40),
        async (chunks, limit) => {
          const text = chunks.join("");
          const { passed, kept } = await run(body(chunks), limit);
          expect(passed).toBe(text);
          expect(kept).toEqual(text.length <= limit ? [text] : []);
        },
      ),
    );
  });

  test.each([
    ["shorter", 4],
    ["longer", 2],
  ])("RFC 9111 §3.3: one that is %s than announced is not kept", async (_, announced) => {
    expect((await run(body(["abc"]), 100, announced)).kept).toEqual([]);
  });

  test("RFC 9111 §3.3: one that breaks off is not kept, and its reader learns of it", async () => {
    const kept: Blob[] = [];
    const whenWhole = (blob: Blob) => {
      kept.push(blob);
    };
    const reader = capture({ body: body(["ab"], "breaks"), limit: 100, announced: undefined, whenWhole }).getReader();
    const read = async () => {
      while (!(await reader.read()).done);
    };
    expect(
      await read().then(
        () => "ended",
        () => "broke",
      ),
    ).toBe("broke");
    expect(kept).toEqual([]);
  });

  test("a reader that leaves takes the source with it, and nothing is kept", async () => {
    const cancelled: unknown[] = [];
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes("x")),
      cancel: (reason) => void cancelled.push(reason),
    });
    const kept: Blob[] = [];
    const whenWhole = (blob: Blob) => {
      kept.push(blob);
    };
    const reader = capture({ body: source, limit: 100, announced: undefined, whenWhole }).getReader();
    await reader.read();
    await reader.cancel("gone");
    expect(cancelled).toEqual(["gone"]);
    expect(kept).toEqual([]);
  });

  test("it is kept before the reader learns of the end", async () => {
    const order: string[] = [];
    const whenWhole = async () => {
      await Promise.resolve();
      order.push("kept");
    };
    await new Response(capture({ body: body(["a"]), limit: 9, announced: 1, whenWhole })).text();
    order.push("ended");
    expect(order).toEqual(["kept", "ended"]);
  });
});

test("passage hands on the same bytes", async () => {
  expect(await new Response(passage(body(["a", "b", "c"]))).text()).toBe("abc");
});
