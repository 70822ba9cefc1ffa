import { splitList } from "../http/list.ts";
import { uncoded } from "./coding.ts";
import type { Content, Posted } from "./write.ts";

/** As much may come of what is unpacked; what is larger stays as it is. */
const MOST_UNPACKED = 64 * 1024 * 1024;

/**
 * Writes content as HAR 1.2 wants it: unpacked, as text where it is that, in base64 where not. What was packed comes a second time as it
 * was, since packing it again would not give the same bytes.
 */
export async function writeContent(bytes: Uint8Array<ArrayBuffer>, fields: Headers): Promise<Content> {
  const mimeType = fields.get("content-type") ?? "";
  const codings = splitList(fields.get("content-encoding") ?? "").map((coding) => coding.toLowerCase());
  const packings = codings.filter((coding) => coding !== "identity");
  if (packings.length === 0) return { size: bytes.length, mimeType, ...written(bytes, mimeType) };
  const plain = (await uncoded(packings, bytes, MOST_UNPACKED)) ?? bytes;
  return {
    ...{ size: plain.length, compression: plain.length - bytes.length, mimeType, ...written(plain, mimeType) },
    _encoded: Buffer.from(bytes).toString("base64"),
  };
}

/** Writes what a request brought. */
export function writePosted(bytes: Uint8Array<ArrayBuffer>, mimeType: string): Posted {
  return { mimeType, size: bytes.length, ...written(bytes, mimeType) };
}

function written(bytes: Uint8Array<ArrayBuffer>, mimeType: string): Pick<Posted, "text" | "encoding"> {
  const text = textOf(bytes, mimeType);
  return text === undefined ? { text: Buffer.from(bytes).toString("base64"), encoding: "base64" } : { text };
}

/** Content as text that gives the same bytes again; undefined where it is none. */
function textOf(bytes: Uint8Array<ArrayBuffer>, mimeType: string): string | undefined {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(mimeType)?.[1] ?? "utf-8";
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (text.includes("\0")) return undefined;
    // Of another charset the same bytes are other characters.
    return /^utf-?8$/i.test(charset) || text.length === bytes.length ? text : undefined;
  } catch {
    // It is no UTF-8, as images are not.
    return undefined;
  }
}
