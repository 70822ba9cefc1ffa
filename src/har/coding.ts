import { promisify } from "node:util";
import { brotliDecompress, brotliDecompressSync, gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib";

/** Nobody packs what is packed already, but who wants us to work. */
const MOST_CODINGS = 3;
const ENOUGH_TO_TELL = 64 * 1024;

/**
 * Whether bytes are still packed as a response's fields say.
 * @param codings in the order in which they were applied, in lower case
 */
export function isCoded(codings: readonly string[], bytes: Uint8Array<ArrayBuffer>): boolean {
  const [first = 0, second = 0, third = 0] = bytes;
  switch (codings.at(-1)) {
    case "gzip":
    case "x-gzip":
      return first === 0x1f && second === 0x8b && third === 8;
    case "zstd":
      return first === 0x28 && second === 0xb5 && third === 0x2f;
    case "deflate":
      return isZlib(bytes);
    case "br":
      return isBrotli(bytes);
    default:
      return false;
  }
}

/**
 * Unpacks content.
 * @param codings in the order in which they were applied, in lower case
 * @param most bytes that may come of it
 * @returns undefined where it is not what its codings say, in one that nobody here knows, or too large
 */
export async function uncoded(
  codings: readonly string[],
  bytes: Uint8Array<ArrayBuffer>,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (codings.length > MOST_CODINGS) return undefined;
  let plain = bytes;
  try {
    for (const coding of codings.toReversed()) {
      const decoder = decoderOf(coding, plain);
      if (decoder === undefined) return undefined;
      plain = new Uint8Array(await decoder(plain, { maxOutputLength: most }));
    }
  } catch {
    // It is not what its fields say, or more than is wanted.
    return undefined;
  }
  return plain;
}

function decoderOf(coding: string, bytes: Uint8Array) {
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);
    case "br":
      return promisify<Uint8Array, { maxOutputLength: number }, Buffer>(brotliDecompress);
    case "zstd":
      return promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zstdDecompress);
    case "deflate":
      // Some servers send it without the wrapping that it is to have (RFC 9110 §8.4.1.2).
      return promisify<Uint8Array, { maxOutputLength: number }, Buffer>(isZlib(bytes) ? inflate : inflateRaw);
    default:
      return undefined;
  }
}

function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** Nothing at its beginning tells: it has to be tried. */
function isBrotli(bytes: Uint8Array): boolean {
  try {
    brotliDecompressSync(bytes, { maxOutputLength: ENOUGH_TO_TELL });
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
  }
}
