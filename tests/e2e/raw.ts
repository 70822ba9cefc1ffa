import { once } from "node:events";
import { connect as connectTo, createServer, type Socket } from "node:net";
import { listening } from "./raw-listener.ts";

/** A TCP connection, for what is to be seen or sent byte by byte. Text stands for bytes, one character each (latin1). */
export class Raw {
  received = "";
  readonly socket: Socket;
  /** How the other side ended it. */
  readonly closed: Promise<"end" | "reset">;
  #changed = Promise.withResolvers<void>();

  constructor(socket: Socket) {
    this.socket = socket;
    const closed = Promise.withResolvers<"end" | "reset">();
    this.closed = closed.promise;
    socket.on("data", (bytes) => {
      this.received += bytes.toString("latin1");
      this.#wake();
    });
    socket.on("error", () => closed.resolve("reset"));
    socket.on("end", () => closed.resolve("end"));
    socket.on("close", () => {
      closed.resolve("reset");
      this.#wake();
    });
  }

  write(text: string): void {
    this.socket.write(Buffer.from(text, "latin1"));
  }

  end(text = ""): void {
    this.socket.end(Buffer.from(text, "latin1"));
  }

  /** Breaks the connection off, as a crashed peer does. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** All that came, once it matches. Rejects where the connection ends before. */
  async until(matches: (received: string) => boolean): Promise<string> {
    while (!matches(this.received)) {
      if (this.socket.destroyed) throw new Error(`connection closed after ${JSON.stringify(this.received)}`);
      await this.#changed.promise;
    }
    return this.received;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** Connects to a port of this machine. */
export async function connect(stack: AsyncDisposableStack, port: number): Promise<Raw> {
  const socket = connectTo(port, "127.0.0.1");
  await once(socket, "connect");
  stack.defer(() => void socket.destroy());
  return new Raw(socket);
}

/** Sends a whole message, with `Connection: close` in it, and gives all that comes back. */
export async function exchange(port: number, message: string): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const raw = await connect(stack, port);
  raw.write(message);
  await raw.closed;
  return raw.received;
}

/** The status of a raw response. */
export function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1]);
}

/** The fields of a raw message, names in lower case. */
export function fieldsOf(message: string): Headers {
  const [head = ""] = message.split("\r\n\r\n");
  const headers = new Headers();
  for (const line of head.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Whether the header section is complete. */
export function hasHead(received: string): boolean {
  return received.includes("\r\n\r\n");
}

/** What stands after the header section. */
export function contentOf(message: string): string {
  return message.slice(message.indexOf("\r\n\r\n") + 4);
}

export type RawOrigin = { readonly url: string; readonly port: number; readonly heads: string[] };

/** An origin that answers each connection as it likes, once the header section of its first request is there. */
export async function rawOrigin(
  stack: AsyncDisposableStack,
  serve: (connection: Raw, head: string) => unknown,
): Promise<RawOrigin> {
  const heads: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Raw(socket);
    connection
      .until(hasHead)
      .then((head) => {
        heads.push(head);
        serve(connection, head);
      })
      // A connection that is opened and never used.
      .catch(() => socket.destroy());
  });
  const port = await listening(stack, server);
  return { url: `http://127.0.0.1:${port}`, port, heads };
}
