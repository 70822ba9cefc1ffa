import { describe, expect, test } from "bun:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { type Beginning, shownContent } from "../../src/store/shown-content.ts";

const TEXT = "grüße, 世界\n".repeat(10);
const ENCODED = Buffer.from(TEXT);

function shown(bytes: Uint8Array, fields: Readonly<Record<string, string>> = {}, cut = false) {
  const beginning: Beginning = { bytes: new Uint8Array(bytes), cut };
  return shownContent(beginning, new Headers(fields));
}

const CODINGS: readonly (readonly [coding: string, coded: (bytes: Uint8Array) => Uint8Array])[] = [
  ["identity", (bytes) => bytes],
  ["gzip", (bytes) => gzipSync(bytes)],
  ["x-gzip", (bytes) => gzipSync(bytes)],
  ["br", (bytes) => brotliCompressSync(bytes)],
  ["zstd", (bytes) => zstdCompressSync(bytes)],
  ["deflate", (bytes) => deflateSync(bytes)],
  ["DEFLATE", (bytes) => deflateRawSync(bytes)],
  ["gzip, br", (bytes) => brotliCompressSync(gzipSync(bytes))],
];

describe.each(CODINGS)("content in %s", (coding, coded) => {
  const fields = { "content-encoding": coding };

  test("is shown decoded", async () => {
    expect(await shown(coded(ENCODED), fields)).toEqual({ body: TEXT, truncated: false });
    expect(await shown(new Uint8Array(0), fields)).toEqual({ body: "", truncated: false });
  });

  test("is unpacked no further than is shown", async () => {
    const { body, truncated } = await shown(coded(new Uint8Array(8_000_000).fill(97)), fields);
    expect([body, truncated]).toEqual(["a".repeat(262_144), true]);
  });
});

describe.each(CODINGS.slice(1))("content in %s", (coding, coded) => {
  const fields = { "content-encoding": coding };
  // Hardly to be packed, so that a half of it holds a half.
  const whole = Array.from({ length: 20_000 }, (_, i) => Math.sin(i).toString(36)).join("\n");

  test("of which the rest is missing is shown as far as it goes", async () => {
    const packed = coded(Buffer.from(whole));
    const { body, truncated } = await shown(packed.subarray(0, packed.length / 2), fields, true);
    expect(truncated).toBe(true);
    expect(body?.length).toBeGreaterThan(1000);
    expect(whole.startsWith(body ?? "none")).toBe(true);
  });

  test("that is none in truth is shown as it came", async () => {
    expect(await shown(ENCODED, fields)).toEqual({
      ...{ body: null, bodyBase64: ENCODED.toString("base64"), truncated: false },
    });
  });
});

test("what nobody here can decode is shown as it came", async () => {
  for (const coding of ["compress", "gzip, gzip, gzip, gzip"]) {
    const { body, bodyBase64 } = await shown(ENCODED, { "content-encoding": coding });
    expect([body, bodyBase64]).toEqual([null, ENCODED.toString("base64")]);
  }
});

test.each<[string, readonly number[], string | null]>([
  ["text/plain", [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
  ["text/plain; charset=ISO-8859-1", [0xe4, 0x80], "ä€"],
  ['text/plain; charset="utf-8"', [0xc3, 0xa4], "ä"],
  ["text/plain; charset=unheard-of", [0xc3, 0xa4], "ä"],
  ["text/plain", [0xe4], null],
  ["application/octet-stream", [0x61, 0x00], null],
  ["image/png", [0x61], "a"],
])("%s: %j is the text %j", async (type, bytes, text) => {
  expect((await shown(new Uint8Array(bytes), { "content-type": type })).body).toBe(text);
});

test("a character that is cut in two is left out", async () => {
  expect(await shown(ENCODED.subarray(0, 3), {}, true)).toEqual({ body: "gr", truncated: true });
});
