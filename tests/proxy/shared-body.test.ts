import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { passage } from "../../src/http/passage.ts";
import { CaptureBudget } from "../../src/proxy/capture-budget.ts";
import { type Keeping, SharedBody } from "../../src/proxy/shared-body.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const ignored = { add: () => undefined };
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

/** The one client's end of a body that is kept while it passes. */
function capture({
  body: source,
  ...keeping
}: Omit<Keeping, "garbage" | "whenOver" | "whenUnkept"> & { body: ReadableStream<Uint8Array> }) {
  return new SharedBody(source, {
    ...keeping,
    garbage: ignored,
    whenUnkept: () => undefined,
    whenOver: () => undefined,
  }).read();
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

describe("a body for one client", () => {
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
    expect(cancelled).toHaveLength(1);
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
        whenWhole: async (blob: Blob) => void kept.push(await blob.text()),
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

/** A source that gives what it is told, when it is told. */
function told() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const cancelled = Promise.withResolvers<void>();
  const source = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => cancelled.resolve(),
  });
  return {
    source,
    cancelled: cancelled.promise,
    say: (text: string) => controller?.enqueue(bytes(text)),
    end: () => controller?.close(),
    breakOff: () => controller?.error(new Error("broke off")),
  };
}

describe("a body for several clients", () => {
  function shared(limit = 100, budget = plenty()) {
    const origin = told();
    const kept: Blob[] = [];
    const over = Promise.withResolvers<void>();
    const unkept: string[] = [];
    const garbage: number[] = [];
    const body = new SharedBody(origin.source, {
      ...{ limit, budget, announced: undefined },
      garbage: { add: (bytes) => void garbage.push(bytes) },
      whenWhole: (blob) => void kept.push(blob),
      whenUnkept: () => void unkept.push("unkept"),
      whenOver: () => over.resolve(),
    });
    return { origin, body, kept, unkept, garbage, over: over.promise };
  }
  const text = (of: ReadableStream<Uint8Array>) => new Response(of).text().catch(() => "broke");
  const next = async (of: { read(): Promise<{ value?: Uint8Array | undefined }> }) =>
    new TextDecoder().decode((await of.read()).value);

  test("who joins while it arrives gets it from its start, and it is kept once", async () => {
    const { origin, body, kept, over } = shared();
    const first = body.read().getReader();
    origin.say("a");
    expect(await next(first)).toBe("a");
    const second = text(body.read());
    origin.say("b");
    expect(await next(first)).toBe("b");
    const third = text(body.read());
    origin.end();
    expect(await Promise.all([second, third])).toEqual(["ab", "ab"]);
    expect((await first.read()).done).toBe(true);
    await over;
    expect(await Promise.all(kept.map((blob) => blob.text()))).toEqual(["ab"]);
    expect(body.isJoinable(60_000)).toBe(false);
  });

  test("one that leaves leaves it to the others; the last one takes the source with it", async () => {
    const { origin, body, kept } = shared();
    const [first, second] = [body.read().getReader(), body.read().getReader()];
    origin.say("a");
    expect([await next(first), await next(second)]).toEqual(["a", "a"]);
    await first.cancel();
    origin.say("b");
    expect(await next(second)).toBe("b");
    await second.cancel();
    await origin.cancelled;
    expect(kept).toEqual([]);
    expect(body.isJoinable(60_000)).toBe(false);
  });

  test("one that breaks off breaks off for all, and is not kept", async () => {
    const { origin, body, kept, over } = shared();
    const all = [text(body.read()), text(body.read())];
    origin.say("a");
    origin.breakOff();
    expect(await Promise.all(all)).toEqual(["broke", "broke"]);
    await over;
    expect(kept).toEqual([]);
  });

  test("one that outgrows its limit reaches all who have joined, but nobody new, and is not kept", async () => {
    const { origin, body, kept } = shared(3);
    const all = [text(body.read()), text(body.read())];
    for (const part of ["ab", "cd", "ef"]) origin.say(part);
    origin.end();
    expect(await Promise.all(all)).toEqual(["abcdef", "abcdef"]);
    expect(kept).toEqual([]);
    expect(body.isJoinable(60_000)).toBe(false);
  });

  test("what was held is garbage once its last reader has it all", async () => {
    const { origin, body, garbage } = shared();
    const [first, second] = [body.read().getReader(), body.read().getReader()];
    origin.say("abc");
    origin.end();
    for (const reader of [first, second]) {
      expect(garbage).toEqual([]);
      expect(await next(reader)).toBe("abc");
      expect((await reader.read()).done).toBe(true);
    }
    expect(garbage).toEqual([3]);
  });

  test("what was held is garbage once it turns out too large to be kept, or nobody reads it any more", async () => {
    const outgrown = shared(3);
    const reading = text(outgrown.body.read());
    for (const part of ["ab", "cd", "ef"]) outgrown.origin.say(part);
    outgrown.origin.end();
    await reading;
    expect(outgrown.garbage[0]).toBe(2);
    const left = shared();
    const reader = left.body.read().getReader();
    left.origin.say("abc");
    await reader.read();
    await reader.cancel();
    expect(left.garbage).toEqual([3]);
  });

  test("a body that is not kept waits for its slowest reader, who loses nothing", async () => {
    const { origin, body, unkept } = shared(0);
    const part = "x".repeat(1024 * 1024);
    const [fast, slow] = [body.read().getReader(), body.read().getReader()];
    for (let i = 0; i < 20; i++) origin.say(part);
    origin.end();
    let ahead = 0;
    const all = async (reader: typeof fast, count: (bytes: number) => void): Promise<void> => {
      for (;;) {
        const { value } = await reader.read();
        if (value === undefined) return;
        count(value.byteLength);
      }
    };
    const racing = all(fast, (bytes) => {
      ahead += bytes;
    });
    // What it can take without the other is taken once nothing more is due.
    await Bun.sleep(20);
    expect(ahead).toBeLessThan(12 * part.length);
    let taken = 0;
    await all(slow, (bytes) => {
      taken += bytes;
    });
    await racing;
    expect([ahead, taken]).toEqual([20 * part.length, 20 * part.length]);
    expect(unkept).toEqual(["unkept"]);
  });

  test("whoever reads it in whatever order, all get the same", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 5, unit: "grapheme-ascii" }), { maxLength: 8 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 4 }),
        async (parts, limit, count) => {
          const { origin, body, kept } = shared(limit);
          const readers = Array.from({ length: count }, () => text(body.read()));
          for (const part of parts) origin.say(part);
          origin.end();
          const whole = parts.join("");
          expect(await Promise.all(readers)).toEqual(readers.map(() => whole));
          expect(kept).toHaveLength(whole.length <= limit ? 1 : 0);
        },
      ),
    );
  });
});

test("passage hands on the same bytes", async () => {
  expect(await new Response(passage(body(["a", "b", "c"]))).text()).toBe("abc");
});
