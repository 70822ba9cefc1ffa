/** A content coding (RFC 9110 §8.4.1), as streams know it. */
export type Coding = "gzip" | "deflate" | "brotli" | "zstd";

/**
 * Takes a content coding off a body. One without a byte has none to take off, whatever its fields say; and some send `deflate` without the
 * zlib format around it (RFC 9110 §8.4.1.2), which its first bytes tell.
 */
export function decoded(body: ReadableStream<Uint8Array>, coding: Coding): ReadableStream<Uint8Array> {
  const coded = body.getReader();
  let plain: Awaited<ReturnType<typeof begin>>;

  /** A reader of what is without the coding; undefined where there is nothing. */
  async function begin() {
    let { done, value } = await coded.read();
    while (!done && value?.length === 0) ({ done, value } = await coded.read());
    const first = value;
    if (first === undefined) return undefined;
    const all = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(new Uint8Array(first)),
      async pull(controller) {
        const next = await coded.read();
        if (next.done) controller.close();
        else controller.enqueue(new Uint8Array(next.value));
      },
      cancel: (reason) => coded.cancel(reason),
    });
    const format = coding === "deflate" && !isZlib(first) ? "deflate-raw" : coding;
    return all.pipeThrough(new DecompressionStream(format)).getReader();
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        plain ??= await begin();
        const { done, value } = plain === undefined ? { done: true } : await plain.read();
        if (done || value === undefined) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => (plain ?? coded).cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** RFC 1950 §2.2: the method is 8, the window no more than 32 kB, and both bytes together a multiple of 31. */
function isZlib([first = 0, second]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && first >> 4 <= 7 && (second === undefined || (first * 256 + second) % 31 === 0);
}
