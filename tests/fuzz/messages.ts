import { Finding, shown } from "./target.ts";

// Texts have one character for each byte. These readers know nothing of the proxy's own code.

/** A message as it stands on the wire. */
export type WireMessage = {
  readonly start: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Its content without the framing. */
  readonly content: string;
};

/** What the beginning of a stream of bytes is. */
export type Read =
  | {
      readonly type: "message";
      readonly message: WireMessage;
      readonly rest: string;
      readonly endedBy: "frame" | "close";
    }
  /** There is more to come. */
  | { readonly type: "partial" }
  /** `rest`: what follows, where its end is clear all the same. */
  | { readonly type: "bad"; readonly why: string; readonly rest?: string };

/** How a response's content ends is known only to who knows the request's method. */
export type Kind =
  | { readonly type: "request" }
  | { readonly type: "response"; readonly method: string }
  /** A response to GET of which all that counts is whether its content is whole: it is with the last chunk (RFC 9112 §8). */
  | { readonly type: "stored" };

const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** DEL, which Bun takes and sends, harms nobody (RFC 9110 §5.5). */
const CONTROL = /[^\t\x20-\xff]/;

/**
 * Reads a message by the letter of RFC 9112: what a lenient reader would accept is bad.
 * @param isClosed no more is to come
 */
export function readMessage(bytes: string, kind: Kind, isClosed: boolean): Read {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return bytes === "" || !isClosed ? { type: "partial" } : bad("it ends within the header section");
  const [start = "", ...lines] = bytes.slice(0, end).split("\r\n");
  const wrong = kind.type === "request" ? faultOfRequestLine(start) : faultOfStatusLine(start);
  if (wrong !== undefined && kind.type !== "request") return bad(wrong);
  const fields: (readonly [string, string])[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, Math.max(0, colon)), line.slice(colon + 1)];
    if (!TOKEN.test(name)) return bad(`${shown(line)} is no field`);
    if (CONTROL.test(value)) return bad(`the field ${shown(line)} holds a control character`);
    fields.push([name.toLowerCase(), value.replace(/^[ \t]+|[ \t]+$/g, "")]);
  }
  const framing = framingOf(start, fields, kind);
  const framed = readContent(bytes.slice(end + 4), clearly(framing), isClosed);
  const why = wrong ?? (framing.type === "bad" ? framing.why : undefined);
  if (why !== undefined) return { ...bad(why), ...(framed.type === "content" && { rest: framed.rest }) };
  return framed.type === "content"
    ? { ...framed, type: "message", message: { start, fields, content: framed.content } }
    : framed;
}

/** The values of a field, in their order. */
export function valuesOf({ fields }: Pick<WireMessage, "fields">, name: string): readonly string[] {
  return fields.flatMap(([each, value]) => (each === name ? [value] : []));
}

function faultOfRequestLine(line: string): string | undefined {
  const [method = "", target = "", version, ...more] = line.split(" ");
  const isSound = TOKEN.test(method) && /^(?:\/[\x21-\x7e]*|\*)$/.test(target) && version === "HTTP/1.1";
  return isSound && more.length === 0 ? undefined : `${shown(line)} is no request line`;
}

function faultOfStatusLine(line: string): string | undefined {
  return /^HTTP\/1\.1 [1-9]\d\d [\t\x20-\x7e\x80-\xff]*$/.test(line) ? undefined : `${shown(line)} is no status line`;
}

type Framing =
  | { readonly type: "length"; readonly length: number }
  | { readonly type: "chunked"; readonly trailers: "read" | "ignored" }
  | { readonly type: "close" }
  /** `length`: of the content, which may be clear all the same. */
  | { readonly type: "bad"; readonly why: string; readonly length?: number };

/** RFC 9112 §6.3. */
function framingOf(start: string, fields: WireMessage["fields"], kind: Kind): Framing {
  const lengths = valuesOf({ fields }, "content-length");
  const codings = valuesOf({ fields }, "transfer-encoding");
  // Of a response Transfer-Encoding then frames it, and lengths that agree may count as one (§6.3).
  const isResponse = kind.type !== "request";
  if (lengths.length > 0 && codings.length > 0 && !isResponse)
    return bad("it has Content-Length and Transfer-Encoding");
  if (lengths.length > 1 && new Set(lengths).size > 1) return bad("it has several lengths");
  if (lengths.length > 1 && !isResponse)
    return { ...bad("it has one length twice"), ...(/^\d+$/.test(lengths[0] ?? "") && { length: Number(lengths[0]) }) };
  if (lengths.some((length) => !/^\d+$/.test(length))) return bad(`Content-Length ${shown(lengths.join())} is none`);
  const coding = codings.join().toLowerCase();
  const isCoded = codings.length > 0 && !(isResponse && coding === "identity");
  if (isCoded && coding !== "chunked") return bad(`Transfer-Encoding ${coding}`);
  const status = isResponse ? Number(start.slice(9, 12)) : 0;
  const isEmpty =
    isResponse &&
    ((kind.type === "response" && kind.method === "HEAD") || status < 200 || status === 204 || status === 304);
  if (isEmpty) return { type: "length", length: 0 };
  if (coding === "identity") return { type: "close" };
  if (isCoded) return { type: "chunked", trailers: kind.type === "stored" ? "ignored" : "read" };
  if (lengths.length > 0) return { type: "length", length: Number(lengths[0]) };
  return kind.type === "request" ? { type: "length", length: 0 } : { type: "close" };
}

/** By what is clear of a framing that is bad. */
function clearly(framing: Framing): Framing {
  return framing.type === "bad" && framing.length !== undefined ? { type: "length", length: framing.length } : framing;
}

type Content =
  | { readonly type: "content"; readonly content: string; readonly rest: string; readonly endedBy: "frame" | "close" }
  | { readonly type: "partial" }
  | { readonly type: "bad"; readonly why: string };

function readContent(bytes: string, framing: Framing, isClosed: boolean): Content {
  const more: Content = isClosed ? bad("it ends within the content") : { type: "partial" };
  switch (framing.type) {
    case "bad":
      return framing;
    case "close":
      return isClosed ? { type: "content", content: bytes, rest: "", endedBy: "close" } : { type: "partial" };
    case "length": {
      const { length } = framing;
      if (bytes.length < length) return more;
      return { type: "content", content: bytes.slice(0, length), rest: bytes.slice(length), endedBy: "frame" };
    }
    case "chunked":
      return readChunks(bytes, framing.trailers, more);
  }
}

function readChunks(bytes: string, trailers: "read" | "ignored", more: Content): Content {
  let [at, content] = [0, ""];
  for (;;) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return more;
    const line = bytes.slice(at, end);
    const [, digits] = /^([\da-f]{1,12})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/i.exec(line) ?? [];
    if (digits === undefined) return bad(`${shown(line)} is no chunk's size`);
    const size = Number.parseInt(digits, 16);
    at = end + 2;
    if (size === 0 && trailers === "ignored") return { type: "content", content, rest: "", endedBy: "frame" };
    if (size === 0) return readTrailers(bytes, at, content, more);
    if (bytes.length < at + size + 2) return more;
    content += bytes.slice(at, at + size);
    if (bytes.slice(at + size, at + size + 2) !== "\r\n") return bad("a chunk is longer than its size");
    at += size + 2;
  }
}

function readTrailers(bytes: string, start: number, content: string, more: Content): Content {
  for (let at = start; ; ) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return more;
    if (end === at) return { type: "content", content, rest: bytes.slice(end + 2), endedBy: "frame" };
    const line = bytes.slice(at, end);
    if (!TOKEN.test(line.slice(0, Math.max(0, line.indexOf(":"))))) return bad(`${shown(line)} is no trailer`);
    at = end + 2;
  }
}

function bad(why: string): { readonly type: "bad"; readonly why: string } {
  return { type: "bad", why };
}

/** All responses that came over a connection, interim ones left out. @throws Finding where they are no HTTP */
export function responsesIn(bytes: string, methods: readonly string[], isClosed: boolean): readonly WireMessage[] {
  const responses: WireMessage[] = [];
  for (let rest = bytes; rest !== ""; ) {
    const method = methods[responses.length] ?? "GET";
    const read = readMessage(rest, { type: "response", method }, isClosed);
    if (read.type === "partial") return responses;
    if (read.type === "bad") throw new Finding(`the client gets what is no response: ${read.why}, in ${shown(rest)}`);
    if (!read.message.start.startsWith("HTTP/1.1 1")) responses.push(read.message);
    rest = read.rest;
  }
  return responses;
}
