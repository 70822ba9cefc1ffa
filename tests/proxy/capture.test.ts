import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { capture, passage } from "../../src/proxy/capture.ts";
import { CaptureBudget } from "../../src/proxy/capture-budget.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const plenty = () => new CaptureBudget(1_000_000);

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

/** A body that gives so many bytes and then nothing, not even its end. */
function endless(count: number): ReadableStream<Uint8Array> {
  let left = count;
  return new ReadableStream({
    pull: (controller) => (left-- > 0 ? controller.enqueue(bytes("x")) : new Promise<void>(() => undefined)),
  });
}

/** Captures, and gives what was passed on and what was kept. */
async function run(of: ReadableStream<Uint8Array>, limit: number, announced?: number) {
  const kept: Blob[] = [];
  const whenWhole = (blob: Blob) => {
    kept.push(blob);
  };
  const passed = await new Response(capture({ body: of, limit, budget: plenty(), announced, whenWhole })).text();
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
    const reader = capture({
      body: body(["ab"], "breaks"),
      limit: 100,
      budget: plenty(),
      announced: undefined,
      whenWhole,
    }).getReader();
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
    const reader = capture({ body: source, limit: 100, budget: plenty(), announced: undefined, whenWhole }).getReader();
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
    await new Response(capture({ body: body(["a"]), limit: 9, budget: plenty(), announced: 1, whenWhole })).text();
    order.push("ended");
    expect(order).toEqual(["kept", "ended"]);
  });
});

describe("the budget of all captures", () => {
  test("a body that finds it used up passes on unkept, and what was held is given back", async () => {
    const budget = new CaptureBudget(5);
    const kept: string[] = [];
    const take = (text: string) =>
      capture({
        body: body([...text]),
        limit: 100,
        budget,
        announced: undefined,
        whenWhole: async (blob) => void kept.push(await blob.text()),
      });
    const held = capture({ body: endless(3), limit: 100, budget, announced: undefined, whenWhole: () => undefined });
    const first = held.getReader();
    for (let i = 0; i < 3; i++) await first.read();
    expect(await new Response(take("defg")).text()).toBe("defg");
    await first.cancel();
    expect(await new Response(take("hijkl")).text()).toBe("hijkl");
    expect(await new Response(take("mnopq")).text()).toBe("mnopq");
    expect(kept).toEqual(["hijkl", "mnopq"]);
  });

  test("a body that breaks off gives back what it held", async () => {
    const budget = new CaptureBudget(3);
    const broken = capture({
      body: body(["abc"], "breaks"),
      limit: 9,
      budget,
      announced: 4,
      whenWhole: () => undefined,
    });
    expect(await new Response(broken).text().catch(() => "broke")).toBe("broke");
    expect(budget.take(3)).toBe(true);
  });
});

test("passage hands on the same bytes", async () => {
  expect(await new Response(passage(body(["a", "b", "c"]))).text()).toBe("abc");
});
