import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { fieldsOf, hasHead, Raw } from "../e2e/raw.ts";

/** One request as it came, and the connection to answer it on. */
export type Asked = {
  readonly connection: Raw;
  readonly head: string;
  readonly method: string;
  readonly path: string;
  /** How many requests came on this connection before. */
  readonly before: number;
};

/** What an origin does with a request. */
export type Script = (asked: Asked) => unknown;

export type ScriptedOrigin = {
  readonly url: string;
  readonly port: number;
  /** Method, path and fault of each request that came, in its order. */
  readonly seen: readonly string[];
  /** Connections that are open now. */
  readonly open: () => number;
  /** Refuses connections, having ended those that there are, until told to listen again. */
  readonly refuse: () => Promise<void>;
  readonly listen: () => Promise<void>;
  /** Resolves once a request for the path is there, which is then answered no sooner than it is released. */
  readonly hold: (path: string) => { readonly arrived: Promise<void>; readonly release: () => void };
};

/**
 * An origin over bare sockets that keeps connections alive. What a request names in `X-Fault` is done to it; one that names nothing is
 * answered as it should be.
 */
export async function scriptedOrigin(
  stack: AsyncDisposableStack,
  faults: Readonly<Record<string, Script>>,
  good: Script,
): Promise<ScriptedOrigin> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const held = new Map<string, { readonly arrive: () => void; readonly released: Promise<void> }>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // One that is opened and never used, or left in the middle.
    serve(new Raw(socket)).catch(() => socket.destroy());
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  stack.defer(() => {
    endAll();
    server.close();
  });

  async function serve(connection: Raw): Promise<void> {
    for (let before = 0; ; before++) {
      const message = await connection.until((text) => hasHead(text) || connection.socket.readableEnded);
      if (!hasHead(message)) return connection.end();
      const headEnd = message.indexOf("\r\n\r\n") + 4;
      const head = message.slice(0, headEnd);
      const fields = fieldsOf(head);
      const length = Number(fields.get("content-length") ?? 0);
      await connection.until((text) => text.length >= headEnd + length);
      connection.received = connection.received.slice(headEnd + length);
      const [method = "", path = ""] = head.split(" ");
      const name = fields.get("x-fault") ?? "none";
      seen.push(`${method} ${path} ${name}`);
      const gate = held.get(path);
      gate?.arrive();
      await gate?.released;
      await (faults[name] ?? good)({ connection, head, method, path, before });
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    open: () => sockets.size,
    listen: () => listen(port),
    async refuse() {
      server.close();
      endAll();
    },
    hold(path) {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held.set(path, { arrive: arrived.resolve, released: released.promise });
      return {
        arrived: arrived.promise,
        release() {
          held.delete(path);
          released.resolve();
        },
      };
    },
  };
}
