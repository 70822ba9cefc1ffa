import { listIn, numberIn, textIn, valueIn } from "./shape.ts";

/**
 * Reads a request's content: empty where there is none, `missing` where there was some and the archive lacks it or has it spoilt.
 * @param fields the request's
 */
export function readPosted(request: unknown, fields: Headers): Uint8Array<ArrayBuffer> | "missing" {
  const posted = valueIn(request, "postData");
  const text = textIn(posted, "text");
  const params = listIn(posted, "params");
  if (text === undefined || (text === "" && params.length > 0)) {
    const type = textIn(posted, "mimeType") ?? fields.get("content-type") ?? "";
    if (params.length > 0) return FORM.test(type) ? formOf(params) : "missing";
    const announced = Math.max(numberIn(request, "bodySize") ?? 0, Number(fields.get("content-length") ?? "0"));
    return announced > 0 ? "missing" : new Uint8Array(0);
  }
  const encoding = textIn(posted, "encoding") ?? textIn(posted, "_encoding");
  if (encoding === "base64") return new Uint8Array(Buffer.from(text, "base64"));
  // What is no text was made one: the bytes are gone.
  return text.isWellFormed() && !text.includes("\ufffd") ? new TextEncoder().encode(text) : "missing";
}

/** Some programs keep no more of a form than its fields. */
function formOf(params: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const pairs = params.map((one): [string, string] => [textIn(one, "name") ?? "", textIn(one, "value") ?? ""]);
  return new TextEncoder().encode(new URLSearchParams(pairs).toString());
}

const FORM = /^application\/x-www-form-urlencoded\b/i;
