import { createServer, type Socket } from "node:net";
import { listening } from "../e2e/raw-listener.ts";
import { readMessage } from "./messages.ts";

/** What an origin sends for a target, byte by byte, and what it does then. */
export type Scripted = { readonly pieces: readonly string[]; readonly end: "end" | "reset" | "stay" };

export type ScriptedOrigin = {
  readonly url: string;
  /** Answers a target so, until it is disposed of. */
  readonly script: (target: string, scripted: Scripted) => Disposable;
  readonly askedFor: (target: string) => number;
};

/** How long it keeps a connection open and says nothing more. */
const STAYS_MS = 150;

/** An origin that sends for `/clean/…` what is right, and for other targets what it was told. */
export async function scriptedOrigin(stack: AsyncDisposableStack): Promise<ScriptedOrigin> {
  const scripts = new Map<string, Scripted>();
  const counts = new Map<string, number>();
  const server = createServer((socket) => {
    let received = "";
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

  const port = await listening(stack, server);
  return {
    url: `http://127.0.0.1:${port}`,
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
  };
}
