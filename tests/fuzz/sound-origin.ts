import { createServer } from "node:net";
import { listening } from "../e2e/raw-listener.ts";
import { readMessage, valuesOf, type WireMessage } from "./messages.ts";
import { shown } from "./target.ts";

/** An origin that answers rightly, and looks closely at what it is asked. */
export type SoundOrigin = {
  readonly url: string;
  readonly host: string;
  /** What was asked for that holds this, method and target each. */
  readonly askedFor: (mark: string) => readonly string[];
  /** What no proxy may send, since it was looked at last. */
  readonly faults: () => readonly string[];
  readonly asked: () => number;
};

/** What it answers a GET for a target with, where it was asked for by a name. */
export function contentFor(target: string, publicHost: string): string {
  return `${target} by ${publicHost}`;
}

const REMEMBERED = 2000;

export async function soundOrigin(stack: AsyncDisposableStack): Promise<SoundOrigin> {
  let faults: string[] = [];
  const asked: string[] = [];
  let count = 0;
  let host = "";
  const server = createServer((socket) => {
    let received = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      for (;;) {
        const read = readMessage(received, { type: "request" }, false);
        if (read.type === "partial") return;
        if (read.type === "bad") {
          faults.push(`the origin gets what is no request: ${read.why}, in ${shown(received)}`);
          socket.destroy();
          return;
        }
        received = read.rest;
        take(read.message);
        socket.write(Buffer.from(answerTo(read.message), "latin1"));
      }
    });
  });

  function take(message: WireMessage): void {
    count++;
    asked.push(message.start);
    if (asked.length > REMEMBERED) asked.splice(0, REMEMBERED / 2);
    const hosts = valuesOf(message, "host");
    if (hosts.join() !== host)
      faults.push(`the origin is asked for Host ${shown(hosts.join())}: ${shown(message.start)}`);
    if (!valuesOf(message, "via").join().endsWith(" caching-proxy")) {
      faults.push(
        `the origin gets a request that the proxy has not made: ${shown(message.start)} ${shown(JSON.stringify(message.fields))}`,
      );
    }
    for (const name of ["connection", "upgrade", "te", "trailer", "proxy-connection", "keep-alive"]) {
      const [value] = valuesOf(message, name);
      if (value !== undefined && value !== "keep-alive") faults.push(`the origin gets ${name}: ${shown(value)}`);
    }
  }

  host = `127.0.0.1:${await listening(stack, server)}`;
  return {
    url: `http://${host}`,
    host,
    askedFor: (mark) => asked.filter((line) => line.includes(mark)),
    asked: () => count,
    faults() {
      const seen = faults;
      faults = [];
      return seen;
    },
  };
}

function answerTo(message: WireMessage): string {
  const [method = "", target = ""] = message.start.split(" ");
  const isRead = method === "GET" || method === "HEAD";
  const by = valuesOf(message, "x-forwarded-host").join();
  const varied = target.startsWith("/vary/")
    ? `${contentFor(target, by)} ${valuesOf(message, "x-a").join()}`
    : contentFor(target, by);
  const content = isRead ? varied : `${method} ${message.content.length}`;
  const fields = [
    `Content-Length: ${content.length}`,
    `Date: ${new Date().toUTCString()}`,
    isRead ? "Cache-Control: max-age=60" : "Cache-Control: no-store",
    ...(target.startsWith("/vary/") ? ["Vary: X-A"] : []),
    'ETag: "one"',
  ];
  return `HTTP/1.1 200 OK\r\n${fields.join("\r\n")}\r\n\r\n${method === "HEAD" ? "" : content}`;
}
