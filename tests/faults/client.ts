import { connect, contentOf, fieldsOf, hasHead, statusOf } from "../e2e/raw.ts";

/** What a client got, as it is on the wire. */
export type Got = {
  /** NaN where no response came. */
  readonly status: number;
  readonly fields: Headers;
  readonly content: string;
  /** "goes on": something of it came, and the client left. */
  readonly end: "whole" | "cut off" | "goes on";
};

export type Request = {
  readonly method?: string;
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly wait?: "to the end" | "for some of it" | "for --timeout";
};

/** Asks on a connection of its own and says what came, and whether it is whole by its own framing (RFC 9112 §6.3). */
export async function get(
  port: number,
  { method = "GET", path, fields = {}, wait = "to the end" }: Request,
): Promise<Got> {
  await using stack = new AsyncDisposableStack();
  const raw = await connect(stack, port);
  const lines = Object.entries({ host: `localhost:${port}`, ...fields }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  raw.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  let isOver = false;
  raw.closed.then(() => {
    isOver = true;
  });
  const isThere = (text: string): boolean => {
    if (isOver || raw.socket.destroyed || raw.socket.readableEnded) return true;
    if (!hasHead(text)) return false;
    return isWhole(text, method) || (wait === "for some of it" && contentOf(text) !== "");
  };
  // It rejects where the connection ends, by which all is there that will come.
  await raw.until(isThere).catch(() => undefined);
  const text = raw.received;
  const end = hasHead(text) && isWhole(text, method) ? "whole" : isOver || raw.socket.destroyed ? "cut off" : "goes on";
  return {
    status: statusOf(text),
    fields: hasHead(text) ? fieldsOf(text) : new Headers(),
    content: unchunked(text),
    end,
  };
}

function isWhole(text: string, method: string): boolean {
  const status = statusOf(text);
  if (method === "HEAD" || status === 204 || status === 304) return true;
  const fields = fieldsOf(text);
  if (fields.has("transfer-encoding")) return chunksOf(contentOf(text)).whole;
  return contentOf(text).length >= Number(fields.get("content-length") ?? Number.POSITIVE_INFINITY);
}

function unchunked(text: string): string {
  if (!hasHead(text)) return "";
  return fieldsOf(text).has("transfer-encoding") ? chunksOf(contentOf(text)).content : contentOf(text);
}

function chunksOf(text: string): { readonly content: string; readonly whole: boolean } {
  let content = "";
  for (let at = 0; ; ) {
    const line = text.indexOf("\r\n", at);
    if (line === -1) return { content, whole: false };
    const size = Number.parseInt(text.slice(at, line), 16);
    if (size === 0) return { content, whole: text.startsWith("\r\n", line + 2) };
    content += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
    if (at > text.length) return { content, whole: false };
  }
}
