import { fieldsOf } from "../e2e/raw.ts";
import type { Script } from "./scripted-origin.ts";

/** What an origin does wrong, and how far a client waits for what comes of it. */
export type OriginFault = {
  readonly name: string;
  readonly script: Script;
  /** How long whoever asks waits for what comes: where no end does, until something of the body is there, or until the proxy gives up. */
  readonly wait: "to the end" | "for some of it" | "for --timeout";
  /** Whether some of those who ask meet --timeout, so that a short one is wanted. */
  readonly isLate: boolean;
};

/** In every answer of a fault, so that it is known again where it must not be. */
export const BROKEN = "BROKEN";
/** What the origin answers where nothing is wrong. */
export const GOOD = "as it should be";
export const ETAG = '"good"';

/** How long each kind of stored response lives, by the last part of its path. */
const LIFETIMES: Readonly<Record<string, string>> = {
  "stale-plain": "max-age=0",
  "stale-if-error": "max-age=0, stale-if-error=60",
  "stale-strict": "max-age=0, must-revalidate",
};

/** The answer where nothing is wrong, on a connection that stays. */
export const good: Script = ({ connection, head, method, path }) => {
  const lifetime = LIFETIMES[path.split("/").at(-1) ?? ""] ?? "max-age=60";
  const fields = `Cache-Control: ${lifetime}\r\nETag: ${ETAG}\r\nContent-Type: text/plain\r\n`;
  if (fieldsOf(head).get("if-none-match") === ETAG)
    return connection.write(`HTTP/1.1 304 Not Modified\r\n${fields}\r\n`);
  const body = method === "HEAD" ? "" : GOOD;
  connection.write(`HTTP/1.1 200 OK\r\n${fields}Content-Length: ${GOOD.length}\r\n\r\n${body}`);
};

const LONG = 200_000;

/** A header section that claims all that would have the response stored. */
function head(framing: string, status = "200 OK"): string {
  return `HTTP/1.1 ${status}\r\nCache-Control: max-age=60\r\nContent-Type: text/plain\r\n${framing}\r\n`;
}

const SHORT = head("Content-Length: 100\r\n");
const ANNOUNCED = head(`Content-Length: ${LONG}\r\n`);
const CHUNKED = head("Transfer-Encoding: chunked\r\n");
const CHUNK = `6\r\n${BROKEN}\r\n`;
const SOME = BROKEN.padEnd(70_000, ".");

/** Writes and then does this. HEAD has no body to go wrong: its answer ends with the header section. */
function bytes(text: string, then: "reset" | "end" | "stay"): Script {
  return async ({ connection, method }) => {
    const end = text.indexOf("\r\n\r\n");
    const sent = method === "HEAD" && end !== -1 ? text.slice(0, end + 4) : text;
    if (sent !== "") connection.write(sent);
    if (sent !== text) return;
    if (then === "reset") {
      if (sent !== "") await Bun.sleep(READ_MS);
      connection.reset();
    }
    if (then === "end") connection.end();
  };
}

/** A reset takes along what the other side has not read yet: time for that. */
const READ_MS = 30;

/** The same again and again until the other side has had enough. */
function endless(start: string, again: string): Script {
  return async ({ connection, method }) => {
    const { socket } = connection;
    const bytes = Buffer.from(again, "latin1");
    socket.write(Buffer.from(start, "latin1"));
    if (method === "HEAD" && start.includes("\r\n\r\n")) return;
    while (!socket.destroyed && !socket.readableEnded) {
      const taken = new Promise((resolve) => socket.write(bytes, resolve));
      await Promise.race([taken, connection.closed]);
      await Bun.sleep(1);
    }
    socket.destroy();
  };
}

function drip(text: string): Script {
  return async ({ connection, method }) => {
    const whole = method === "HEAD" ? text.slice(0, text.indexOf("\r\n\r\n") + 4) : text;
    connection.socket.setNoDelay(true);
    for (const byte of whole) {
      connection.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
}

function fault(name: string, script: Script, wait: OriginFault["wait"] = "to the end"): OriginFault {
  // Who wants a part waits for the whole of what is not too long.
  return { name, script, wait, isLate: wait === "for --timeout" || name === "stalls in a long body" };
}

/** Resets whoever has been answered on this connection before, as the next request comes: the worst moment. */
export const KEPT_ALIVE_FAULT = fault("closes a kept-alive connection as the request comes", (asked) =>
  asked.before > 0 ? asked.connection.reset() : good(asked),
);

const DRIPPED = head("Content-Length: 20\r\n") + BROKEN.padEnd(20, ".");
const WHOLE = head("Content-Length: 6\r\n") + BROKEN;

/** All that is done to the proxy by an origin that accepts its connections, in the order of the table. */
export const ORIGIN_FAULTS: readonly OriginFault[] = [
  fault("says nothing", () => undefined, "for --timeout"),
  fault("closes without a word", bytes("", "end")),
  fault("resets without a word", bytes("", "reset")),
  fault("resets in the status line", bytes("HTTP/1.1 2", "reset")),
  fault("resets in the header section", bytes(SHORT.slice(0, 40), "reset")),
  fault("stalls in the header section", bytes(SHORT.slice(0, 40), "stay"), "for --timeout"),
  fault("resets in a short body", bytes(SHORT + BROKEN, "reset")),
  fault("resets in a long body", bytes(ANNOUNCED + SOME, "reset")),
  fault("resets in a chunked body", bytes(CHUNKED + CHUNK, "reset")),
  fault("stalls in a short body", bytes(SHORT + BROKEN, "stay"), "for --timeout"),
  fault("stalls in a long body", bytes(ANNOUNCED + SOME, "stay"), "for some of it"),
  fault("stalls in a chunked body", bytes(CHUNKED + CHUNK, "stay"), "for some of it"),
  fault("drips a byte at a time", drip(DRIPPED)),
  fault("drips a chunked body", drip(`${CHUNKED}${CHUNK}0\r\n\r\n`)),
  fault("announces more than it sends", bytes(SHORT + BROKEN, "end")),
  fault("announces more than it sends, at length", bytes(ANNOUNCED + SOME, "end")),
  fault("sends more than it announces", bytes(WHOLE + garbage(), "stay")),
  fault("leaves out the last chunk", bytes(CHUNKED + CHUNK, "end")),
  fault("sends chunks of no size", bytes(`${CHUNKED}${CHUNK}zz\r\n${BROKEN}\r\n0\r\n\r\n`, "stay")),
  fault("stalls in the trailers", bytes(`${CHUNKED}${CHUNK}0\r\nX-Trailer: `, "stay"), "for some of it"),
  fault("ends what only its close ends", bytes(head("Connection: close\r\n") + BROKEN, "end")),
  fault("resets what only its close ends", bytes(head("Connection: close\r\n") + BROKEN, "reset")),
  fault("sends garbage", bytes(garbage(), "end")),
  fault("sends garbage and stays", bytes(`${garbage()}\r\n\r\n`, "stay")),
  fault("speaks SSH", bytes("SSH-2.0-OpenSSH_9.6\r\n", "stay")),
  fault("speaks TLS", bytes("\x15\x03\x01\x00\x02\x02\x46", "end")),
  fault(
    "speaks HTTP/2",
    bytes("\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x05\x00\x10\x00\x00", "stay"),
    "for --timeout",
  ),
  fault("sends a field without a colon", bytes(head("Nonsense\r\nContent-Length: 6\r\n") + BROKEN, "stay")),
  fault("sends a status that is none", bytes(head("Content-Length: 6\r\n", "999 What") + BROKEN, "stay")),
  fault("switches protocols unasked", bytes(head("Upgrade: x\r\nConnection: Upgrade\r\n", "101 Fine"), "stay")),
  fault("sends a 304 that nobody asked for", bytes(head('ETag: "other"\r\n', "304 Not Modified"), "stay")),
  fault("sends 1000 interim responses", (asked) => {
    asked.connection.write("HTTP/1.1 100 Continue\r\n\r\n".repeat(500));
    asked.connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n".repeat(500));
    return good(asked);
  }),
  fault(
    "sends interim responses without end",
    endless("", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(10)),
    "for --timeout",
  ),
  fault("sends a field without end", endless(`${SHORT.slice(0, -2)}X-Endless: `, "x".repeat(60_000))),
  fault("sends fields without end", endless(SHORT.slice(0, -2), "X-Endless: x\r\n".repeat(1000))),
  fault("sends a body without end", endless(CHUNKED, CHUNK.repeat(100)), "for some of it"),
  fault(
    "sends trailers without end",
    endless(`${CHUNKED}${CHUNK}0\r\n`, "X-Trailer: x\r\n".repeat(1000)),
    "for some of it",
  ),
  fault(
    "sends a field of 1 MB",
    bytes(head(`X-Large: ${"x".repeat(1_000_000)}\r\nContent-Length: 6\r\n`) + BROKEN, "stay"),
  ),
  fault("sends 1000 fields", bytes(head(`${"X-Many: x\r\n".repeat(1000)}Content-Length: 6\r\n`) + BROKEN, "stay")),
  fault("answers 500", bytes(`HTTP/1.1 500 Oh\r\nContent-Length: 6\r\n\r\n${BROKEN}`, "stay")),
  fault("answers 503", bytes(`HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 6\r\n\r\n${BROKEN}`, "stay")),
];

function garbage(): string {
  return `${BROKEN}${Array.from({ length: 200 }, (_, i) => String.fromCharCode((i * 89 + 7) % 256)).join("")}`;
}
