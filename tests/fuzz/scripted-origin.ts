import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { readMessage, responsesIn, type WireMessage } from "./messages.ts";
import { Finding, shown } from "./target.ts";

/** What an origin sends for a target, byte by byte, and what it does then. */
export type Scripted = { readonly pieces: readonly string[]; readonly end: "end" | "reset" | "stay" };

export type ScriptedOrigin = {
  readonly url: string;
  /** Answers a target so, until it is disposed of. */
  readonly script: (target: string, scripted: Scripted) => Disposable;
  readonly askedFor: (target: string) => number;
  /** Asks the proxy for it: what came whole. @throws Finding where that is no HTTP, or never ends */
  readonly exchange: (port: number, target: string, method: string, fields: string) => Promise<readonly WireMessage[]>;
};

const ENDS_WITHIN_MS = 5000;
/** Longer than the proxy waits for an answer. */
const STAYS_MS = 150;

/** An origin that sends for `/clean/…` what is right, and for other targets what it was told. */
export async function scriptedOrigin(stack: AsyncDisposableStack): Promise<ScriptedOrigin> {
  const scripts = new Map<string, Scripted>();
  const counts = new Map<string, number>();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    let received = "";
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", async (bytes) => {
      received += bytes.toString("latin1");
      const read = readMessage(received, { type: "request" }, false);
      if (read.type !== "message") return;
      received = read.rest;
      const target = read.message.start.split(" ")[1] ?? "";
      counts.set(target, (counts.get(target) ?? 0) + 1);
      await answer(socket, target);
    });
  });

  async function answer(socket: Socket, target: string): Promise<void> {
    const scripted = scripts.get(target);
    if (scripted === undefined) {
      const content = `this is ${target}`;
      socket.write(
        `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: ${content.length}\r\n\r\n${content}`,
      );
      return;
    }
    for (const piece of scripted.pieces) {
      await new Promise<void>((resolve) => socket.write(Buffer.from(piece, "latin1"), () => resolve()));
    }
    if (scripted.end === "end") socket.end();
    else if (scripted.end === "reset") socket.resetAndDestroy();
    else setTimeout(() => socket.destroy(), STAYS_MS);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(async () => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    script(target, scripted) {
      scripts.set(target, scripted);
      return {
        [Symbol.dispose]() {
          scripts.delete(target);
          counts.delete(target);
        },
      };
    },
    askedFor: (target) => counts.get(target) ?? 0,
    exchange,
  };
}

async function exchange(port: number, target: string, method: string, fields: string): Promise<readonly WireMessage[]> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const pieces: string[] = [];
  socket.on("data", (piece) => pieces.push(piece.toString("latin1")));
  const closed = new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: clean.example\r\nConnection: close\r\n${fields}\r\n`);
  const end = await Promise.race([closed, Bun.sleep(ENDS_WITHIN_MS).then(() => "late")]);
  socket.destroy();
  const bytes = pieces.join("");
  if (end === "late") throw new Finding(`${method} ${target} has no end after ${ENDS_WITHIN_MS} ms: ${shown(bytes)}`);
  // What breaks off is no answer; the client can tell, and that is all that can be done for it.
  const responses = responsesIn(bytes, [method], false);
  if (responses.length > 1) throw new Finding(`a client gets several answers to one request: ${shown(bytes)}`);
  return responses;
}
