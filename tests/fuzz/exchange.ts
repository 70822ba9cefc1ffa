import { once } from "node:events";
import { connect } from "node:net";
import { responsesIn, type WireMessage } from "./messages.ts";
import { Finding, holds, shown } from "./target.ts";

/** What came over a connection. */
export type Received = {
  readonly bytes: string;
  /** Whether the other side ended it before we did. */
  readonly isClosed: boolean;
};

/** The name by which clean clients ask. */
export const CLEAN_HOST = "clean.example";

const QUIET_MS = 20;
const ENDS_WITHIN_MS = 5000;
const CLEAN_WITHIN_MS = 5000;

/**
 * Sends pieces one behind the other over a connection of its own, and takes what comes until it is enough or nothing comes for a while.
 * @throws Finding where the other side does not hang up once we have
 */
export async function send(
  port: number,
  pieces: readonly string[],
  isEnough: (bytes: string) => boolean,
): Promise<Received> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let [bytes, isClosed] = ["", false];
  let wake = Promise.withResolvers<void>();
  socket.on("data", (piece) => {
    bytes += piece.toString("latin1");
    wake.resolve();
  });
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  const gone = (): void => {
    isClosed = true;
    wake.resolve();
  };
  socket.on("end", gone);
  socket.on("error", gone);
  await Promise.race([once(socket, "connect"), closed]);
  for (const piece of pieces) {
    if (isClosed) break;
    await new Promise<void>((resolve) => socket.write(Buffer.from(piece, "latin1"), () => resolve()));
  }
  while (!isClosed && !isEnough(bytes)) {
    const before = bytes.length;
    await Promise.race([wake.promise, Bun.sleep(QUIET_MS)]);
    wake = Promise.withResolvers<void>();
    if (bytes.length === before) break;
  }
  const endedFirst = isClosed;
  socket.end();
  const late = Bun.sleep(ENDS_WITHIN_MS).then(() => "late");
  const end = await Promise.race([closed, late]);
  socket.destroy();
  if (end === "late")
    throw new Finding(`the connection is not ended when the client has ended it, after ${shown(bytes)}`);
  return { bytes, isClosed: endedFirst };
}

/** A clean client's request, over a connection of its own. @throws Finding where it gets no answer, or one that is no HTTP */
export async function askCleanly(port: number, target: string, method = "GET", fields = ""): Promise<WireMessage> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let bytes = "";
  socket.on("data", (piece) => {
    bytes += piece.toString("latin1");
  });
  const closed = new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${CLEAN_HOST}\r\nConnection: close\r\n${fields}\r\n`, "latin1");
  const late = Bun.sleep(CLEAN_WITHIN_MS).then(() => "late");
  const end = await Promise.race([closed, late]);
  socket.destroy();
  holds(
    end !== "late",
    () =>
      `a clean client gets no whole answer to ${method} ${target} within ${CLEAN_WITHIN_MS} ms, but ${shown(bytes)}`,
  );
  const [response, second] = responsesIn(bytes, [method], true);
  if (response === undefined)
    throw new Finding(`a clean client gets no answer to ${method} ${target}, but ${shown(bytes)}`);
  holds(second === undefined, () => `a clean client gets two answers to ${method} ${target}: ${shown(bytes)}`);
  return response;
}
