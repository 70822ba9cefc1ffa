import { expect } from "bun:test";
import { contentOf, exchange, fieldsOf, type RawOrigin, rawOrigin, statusOf } from "../e2e/raw.ts";

/** An answer as it came over the wire. */
export type Answer = {
  readonly status: number;
  /** X-Cache. */
  readonly word: string;
  readonly fields: Headers;
  readonly body: string;
};

/**
 * Sends one request byte by byte, so that no client library makes it any better than it is. Text stands for bytes (latin1).
 * @param line method and target
 * @param fields each with its line end
 * @param content what follows the header section
 */
export async function attack(
  port: number,
  line: string,
  fields: readonly string[] = [],
  content = "",
  host = "localhost",
): Promise<Answer> {
  const head = [`${line} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...fields].join("\r\n");
  return answerOf(await exchange(port, `${head}\r\n\r\n${content}`));
}

/** The request of a client who has nothing to do with what others sent: a GET with nothing to it. */
export function clean(port: number, target: string, host = "localhost"): Promise<Answer> {
  return attack(port, `GET ${target}`, [], "", host);
}

/**
 * What a clean client gets is right, now and from the cache.
 * @param expected the body that is right; a pattern where that is not known to the last byte
 */
export async function expectClean(
  port: number,
  target: string,
  expected: string | RegExp,
  host = "localhost",
): Promise<void> {
  for (const words of [["MISS", "HIT", "REVALIDATED"], ["HIT"]]) {
    const { status, word, body } = await clean(port, target, host);
    expect(status).toBe(200);
    expect(words).toContain(word);
    if (typeof expected === "string") expect(body).toBe(expected);
    else expect(body).toMatch(expected);
  }
}

function answerOf(response: string): Answer {
  const fields = fieldsOf(response);
  const raw = contentOf(response);
  return {
    status: statusOf(response),
    word: fields.get("x-cache") ?? "none",
    fields,
    body: fields.get("transfer-encoding") === "chunked" ? joined(raw) : raw,
  };
}

function joined(chunks: string): string {
  const end = chunks.indexOf("\r\n");
  const size = end < 0 ? 0 : Number.parseInt(chunks.slice(0, end), 16);
  return size === 0 ? "" : chunks.slice(end + 2, end + 2 + size) + joined(chunks.slice(end + 4 + size));
}

/** Fields that each request has on its way to the origin, whoever sends it. */
const EVERYDAY = /^(?:host|connection|via|user-agent|accept|accept-encoding|x-forwarded-(?:for|host|proto)): .*$/i;

/** An origin that prints all that it is told into an answer that anybody may have: the worst to put a cache in front of. */
export function reflectingOrigin(
  stack: AsyncDisposableStack,
  fields = "Cache-Control: max-age=60\r\n",
): Promise<RawOrigin> {
  return rawOrigin(stack, (connection, received) => {
    const body = `${received
      .split("\r\n")
      .filter((line) => !EVERYDAY.test(line))
      .join("\n")}`;
    connection.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`);
  });
}
