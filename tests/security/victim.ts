import { expect } from "bun:test";
import { createServer } from "node:net";
import { outcome, type RunningProxy } from "../e2e/proxy.ts";
import { Raw } from "../e2e/raw.ts";
import { listening } from "../e2e/raw-listener.ts";

/** A request as an origin got it that reads to the letter; text stands for bytes, one character each. */
export type Heard = {
  readonly method: string;
  readonly target: string;
  /** Request line and fields. */
  readonly head: string;
  /** Without its chunks. */
  readonly content: string;
  /** The connection that it came on. */
  readonly connection: Raw;
};

/** What an origin answers: bytes, or whatever it does with the connection. Undefined for the usual answer, the target. */
export type Attack = (heard: Heard) => string | undefined | Promise<void>;

export type KeptOrigin = {
  readonly url: string;
  readonly port: number;
  readonly heard: Heard[];
  /** All that were opened. */
  readonly connections: Raw[];
  /** What came on a connection and was no request. */
  readonly garbage: string[];
};

/**
 * An origin that keeps its connections, so that one that is out of step gives the next request a wrong answer. It
 * answers with the target that it was asked for, to be kept for a minute, where `attack` does nothing else.
 */
export async function keptOrigin(stack: AsyncDisposableStack, attack: Attack = () => undefined): Promise<KeptOrigin> {
  const heard: Heard[] = [];
  const connections: Raw[] = [];
  const garbage: string[] = [];
  const server = createServer((socket) => {
    const connection = new Raw(socket);
    connections.push(connection);
    serve(connection).catch(() => socket.destroy());
  });

  async function serve(connection: Raw): Promise<void> {
    for (let from = 0; ; ) {
      await connection.until((received) => readRequest(received.slice(from)) !== "more");
      const request = readRequest(connection.received.slice(from));
      if (request === "more") continue;
      if (request === "garbage") {
        garbage.push(connection.received.slice(from));
        connection.reset();
        return;
      }
      from += request.length;
      const { length: _, ...parts } = request;
      const got = { ...parts, connection };
      heard.push(got);
      const done = attack(got);
      if (done instanceof Promise) await done;
      else connection.write(done ?? echo(got));
    }
  }

  const port = await listening(stack, server);
  return { url: `http://127.0.0.1:${port}`, port, heard, connections, garbage };
}

function echo({ method, target }: Heard): string {
  return `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: ${target.length}\r\n\r\n${method === "HEAD" ? "" : target}`;
}

type Request = Omit<Heard, "connection"> & { readonly length: number };

/** The first request in what came, read as RFC 9112 says and no other way. */
function readRequest(received: string): Request | "more" | "garbage" {
  if (!/^[A-Z-]*( |$)/.test(received)) return "garbage";
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return "more";
  const head = received.slice(0, end);
  const [, method = "", target = ""] = /^([A-Z-]+) (\S+) HTTP\/1\.1(?:\r\n[\w-]+:[^\r\n\0]*)+$/.exec(head) ?? [];
  if (method === "") return "garbage";
  const content = end + "\r\n\r\n".length;
  const lengths = [...head.matchAll(/^content-length: *(.*?) *$/gim)].map(([, length = ""]) => length);
  const chunked = [...head.matchAll(/^transfer-encoding: *(.*?) *$/gim)].map(([, coding = ""]) => coding);
  if (lengths.length + chunked.length > 1 || chunked.some((coding) => coding !== "chunked")) return "garbage";
  if (chunked.length === 1) return readChunks({ method, target, head }, received, content);
  const [length = "0"] = lengths;
  if (!/^\d+$/.test(length)) return "garbage";
  const till = content + Number(length);
  return received.length < till
    ? "more"
    : { method, target, head, content: received.slice(content, till), length: till };
}

function readChunks(
  parts: Pick<Heard, "method" | "target" | "head">,
  received: string,
  from: number,
): Request | "more" | "garbage" {
  let content = "";
  for (let at = from; ; ) {
    const line = received.indexOf("\r\n", at);
    if (line < 0) return "more";
    const size = received.slice(at, line);
    if (!/^[0-9a-f]{1,8}$/i.test(size)) return "garbage";
    const begin = line + "\r\n".length;
    const end = begin + Number.parseInt(size, 16);
    if (received.length < end + "\r\n".length) return "more";
    if (!received.startsWith("\r\n", end)) return "garbage";
    at = end + "\r\n".length;
    if (end === begin) return { ...parts, content, length: at };
    content += received.slice(begin, end);
  }
}

/** Has something stored that an attack could spoil. */
export async function settle(proxy: RunningProxy): Promise<void> {
  expect(await outcome(proxy, "/clean")).toEqual(["MISS", "/clean"]);
}

/**
 * A clean client after an attack: what is stored is what it was, and what is asked anew is answered by the origin, which has heard nothing
 * but requests.
 */
export async function expectUnharmed(proxy: RunningProxy, origin: KeptOrigin): Promise<void> {
  expect(await outcome(proxy, "/clean")).toEqual(["HIT", "/clean"]);
  // More than one, since one that is out of step is noticed by those behind it.
  for (const name of ["new", "newer"]) {
    const path = `/${name}?${crypto.randomUUID()}`;
    expect(await outcome(proxy, path)).toEqual(["MISS", path]);
    expect(await outcome(proxy, path)).toEqual(["HIT", path]);
  }
  expect(origin.garbage).toEqual([]);
  expect(origin.heard.filter(({ target }) => target.includes("smuggled"))).toEqual([]);
}
