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
/** However busy the machine is. */
const ENDS_WITHIN_MS = 20_000;

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

/**
 * Sends a request over a connection of its own, which is to end behind the answer: what came whole. What breaks off is no answer; the
 * client can tell.
 * @throws Finding where that is no HTTP, more than one answer, or never ends
 */
export async function answerTo(port: number, request: string): Promise<WireMessage | undefined> {
  const method = request.slice(0, request.indexOf(" "));
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const pieces: string[] = [];
  socket.on("data", (piece) => pieces.push(piece.toString("latin1")));
  const closed = new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
  socket.write(Buffer.from(request, "latin1"));
  const end = await Promise.race([closed, Bun.sleep(ENDS_WITHIN_MS).then(() => "late")]);
  socket.destroy();
  const bytes = pieces.join("");
  holds(end !== "late", () => `${shown(request)} has no end after ${ENDS_WITHIN_MS} ms, but ${shown(bytes)}`);
  const responses = responsesIn(bytes, [method], false);
  holds(responses.length < 2, () => `one request has several answers: ${shown(bytes)}`);
  return responses[0];
}

/** A clean client's request. @throws Finding where it gets no whole answer */
export async function askCleanly(port: number, target: string, fields = ""): Promise<WireMessage> {
  const request = `GET ${target} HTTP/1.1\r\nHost: ${CLEAN_HOST}\r\nConnection: close\r\n${fields}\r\n`;
  const answer = await answerTo(port, request);
  if (answer === undefined) throw new Finding(`a clean client gets no whole answer to GET ${target}`);
  return answer;
}
