import { splitList } from "../http/list.ts";
import { isWithoutBody } from "../http/status.ts";
import { isCoded } from "./coding.ts";
import { numberIn, textIn, valueIn } from "./shape.ts";

/** The content of a response with the fields that fit it, or why the archive lacks it. */
export type ReadContent =
  | { readonly type: "content"; readonly content: Uint8Array<ArrayBuffer>; readonly fields: Headers }
  | { readonly type: "missing"; readonly why: string };

/**
 * Reads a response's content. Archives hold it unpacked while the fields still name its content coding: such a field goes then, and the
 * tag of the packed bytes does not prove the same of these (RFC 9110 §8.8.3.3).
 * @param fields those that came with it
 */
export function readContent(response: unknown, method: string, status: number, fields: Headers): ReadContent {
  if (method === "HEAD" || isWithoutBody(status)) return { type: "content", content: NOTHING, fields };
  const written = valueIn(response, "content");
  const stored = textIn(written, "_encoded");
  if (stored !== undefined) return { type: "content", content: bytesOf(stored), fields };
  const text = textIn(written, "text");
  const size = sizeOf(response, codingsOf(fields).length > 0);
  if (text === undefined) return withoutText(written, size, status, fields);
  const encoding = textIn(written, "encoding") ?? "";
  if (encoding === "base64") {
    if (!BASE64.test(text)) return { type: "missing", why: "its content is said to be base64 and is not" };
    const content = bytesOf(text);
    return judged(content, size, isCoded(codingsOf(fields), content) ? fields : unpacked(fields));
  }
  if (encoding !== "") return { type: "missing", why: `its content is in the encoding ${JSON.stringify(encoding)}` };
  const content = utf8.encode(text);
  return judged(content, size, inUtf8(unpacked(fields), text));
}

/** The size of the unpacked content; some programs state that of the packed one, which may be the larger. */
function sizeOf(response: unknown, isPacked: boolean): number | undefined {
  const written = valueIn(response, "content");
  const size = numberIn(written, "size");
  if (!isPacked || size === undefined || size <= 0) return size;
  const compression = numberIn(written, "compression");
  if (compression !== undefined) return size + Math.min(0, compression);
  return size === numberIn(response, "bodySize") ? 1 : size;
}

/** Of a redirect nobody looks at the content, so that browsers keep none of it. */
function withoutText(written: unknown, size: number | undefined, status: number, fields: Headers): ReadContent {
  const announced = Number(fields.get("content-length") ?? "0");
  const isRedirect = status >= 300 && status < 400 && fields.has("location");
  if (isRedirect || ((size ?? 0) <= 0 && !(announced > 0))) {
    return { type: "content", content: NOTHING, fields: unpacked(fields) };
  }
  const said = textIn(written, "comment");
  const bytes = size !== undefined && size > 0 ? size : announced;
  return { type: "missing", why: `its content of ${bytes} bytes is not in the archive${said ? ` ("${said}")` : ""}` };
}

/** Some programs keep no more than the beginning of what is large. */
function judged(content: Uint8Array<ArrayBuffer>, size: number | undefined, fields: Headers): ReadContent {
  const isWide = /charset="?utf-?16/i.test(fields.get("content-type") ?? "");
  const missing = (size ?? 0) - content.length;
  return missing > BYTE_ORDER_MARK && !isWide
    ? { type: "missing", why: `${missing} of the ${size} bytes of its content are not in the archive` }
    : { type: "content", content, fields };
}

/** The fields of what is not packed any more. */
function unpacked(fields: Headers): Headers {
  if (codingsOf(fields).length === 0) return fields;
  const plain = new Headers(fields);
  plain.delete("content-encoding");
  return withWeakTag(plain);
}

/** Archives hold text as characters, whatever they were sent as; here they become UTF-8. */
function inUtf8(fields: Headers, text: string): Headers {
  const type = fields.get("content-type") ?? "";
  const charset = CHARSET.exec(type)?.[1];
  if (charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset) || isAscii(text)) return fields;
  const renamed = new Headers(fields);
  renamed.set("content-type", type.replace(CHARSET, ";charset=utf-8"));
  return withWeakTag(renamed);
}

function withWeakTag(fields: Headers): Headers {
  const tag = fields.get("etag");
  if (tag?.startsWith('"')) fields.set("etag", `W/${tag}`);
  return fields;
}

function codingsOf(fields: Headers): readonly string[] {
  const codings = splitList(fields.get("content-encoding") ?? "").map((coding) => coding.toLowerCase());
  return codings.filter((coding) => coding !== "identity");
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII.
  return /^[\x00-\x7f]*$/.test(text);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

const NOTHING = new Uint8Array(0);
/** What some programs leave out at the beginning of a text, in bytes of UTF-8. */
const BYTE_ORDER_MARK = 3;
/** White space is taken in one place alone, else a long row of it would be parted in each way there is. */
const BASE64 = /^[\w+/\s-]*(?:={1,2}\s*)?$/;
const CHARSET = /;\s*charset="?([^\s";]+)"?/i;
const utf8 = new TextEncoder();
