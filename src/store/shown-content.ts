import { splitList } from "../http/list.ts";

/** Content as a person is shown it, decoded, with as much of it as a page can bear. */
export type ShownContent = {
  /** Null where it is no text. */
  readonly body: string | null;
  /** What is no text, in Base64; what could not be decoded as it came. */
  readonly bodyBase64?: string;
  /** There is more of it. */
  readonly truncated: boolean;
};

/** The beginning of some content, as it was sent; `cut` where there is more of it. */
export type Beginning = { readonly bytes: Uint8Array<ArrayBuffer>; readonly cut: boolean };

/** What is shown at most, after decoding, and what is read for that before. */
export const MOST_SHOWN = 256 * 1024;
/** Nobody packs what is packed already, but who wants us to work. */
const MOST_CODINGS = 3;

/**
 * Makes content readable.
 * @param headers those that came with it, which name its coding and its characters
 */
export async function shownContent(beginning: Beginning, headers: Headers): Promise<ShownContent> {
  const decoded = await decodedBy(codingsOf(headers), beginning);
  const { bytes, cut } = decoded ?? beginning;
  const truncated = cut || bytes.byteLength > MOST_SHOWN;
  const shown = bytes.subarray(0, MOST_SHOWN);
  const text = decoded === undefined ? undefined : textOf(shown, truncated, headers);
  if (text !== undefined) return { body: text, truncated };
  return { body: null, bodyBase64: Buffer.from(shown).toString("base64"), truncated };
}

/** The last that was applied first. */
function codingsOf(headers: Headers): readonly string[] {
  const codings = splitList(headers.get("content-encoding") ?? "").map((coding) => coding.toLowerCase());
  return codings.filter((coding) => coding !== "identity" && coding !== "").reverse();
}

/** Undefined where it is not what its coding says, or in one that nobody here knows. */
async function decodedBy(codings: readonly string[], beginning: Beginning): Promise<Beginning | undefined> {
  if (codings.length > MOST_CODINGS) return undefined;
  let decoded: Beginning | undefined = beginning;
  for (const coding of codings) decoded = decoded && (await unpacked(coding, decoded));
  return decoded;
}

/** Unpacks no more than is shown, however much would come of it. */
async function unpacked(coding: string, { bytes, cut }: Beginning): Promise<Beginning | undefined> {
  if (bytes.byteLength === 0) return { bytes, cut };
  const decoder = await decoderOf(coding, bytes);
  if (decoder === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const ended = Promise.withResolvers<"whole" | "enough" | "broken">();
  decoder.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size <= MOST_SHOWN) return;
    decoder.destroy();
    ended.resolve("enough");
  });
  decoder.on("end", () => ended.resolve("whole"));
  // What is cut off ends so, too.
  decoder.on("error", () => ended.resolve("broken"));
  decoder.end(bytes);
  const end = await ended.promise;
  if (end === "broken" && (!cut || size === 0)) return undefined;
  return { bytes: Buffer.concat(chunks), cut: cut || end === "enough" };
}

/** Loaded where it is needed alone: that takes longer than the rest of the admin paths. */
async function decoderOf(coding: string, bytes: Uint8Array) {
  const zlib = await import("node:zlib");
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip();
    case "br":
      return zlib.createBrotliDecompress();
    case "zstd":
      return zlib.createZstdDecompress();
    case "deflate":
      return isZlib(bytes) ? zlib.createInflate() : zlib.createInflateRaw();
    default:
      return undefined;
  }
}

/** Some servers send deflate without the wrapping that it is to have (RFC 9110 §8.4.1.2). */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** Undefined where it is none. */
function textOf(bytes: Uint8Array, truncated: boolean, headers: Headers): string | undefined {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(headers.get("content-type") ?? "")?.[1];
  try {
    // A character that is cut in two at the end is left out.
    const text = decoderFor(charset).decode(bytes, { stream: truncated });
    return text.includes("\0") ? undefined : text;
  } catch {
    // Bytes that stand for no characters.
    return undefined;
  }
}

/** Most is in UTF-8, whatever it says. */
function decoderFor(charset = ""): TextDecoder {
  const how = { fatal: true, ignoreBOM: true };
  return LATIN.test(charset) ? new TextDecoder("windows-1252", how) : new TextDecoder("utf-8", how);
}

/** What those who name the first of them send is the last in truth (Encoding Standard §4.2). */
const LATIN = /^(?:iso-8859-1|latin1|windows-1252)$/i;
