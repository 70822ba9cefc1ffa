import { expect, test } from "bun:test";
import type { Handler, Reply } from "../../src/http/exchange.ts";
import { front } from "../../src/wire/front.ts";
import { cleanup } from "../e2e/cleanup.ts";
import { connect, type Raw, statusOf } from "../e2e/raw.ts";

const shared = cleanup();
const GET = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

function replyWith(body: Blob | ReadableStream<Uint8Array>): Reply {
  const headers = new Headers({ "content-type": "text/plain" });
  return { response: { status: 200, headers, body }, cacheStatus: { type: "none", detail: "bad-request" } };
}

/** Bun looks at its connections each 4 s: it all happens beside each other, so that this is waited for once. */
test("a client that is silent in the middle is hung up on, one that waits for us is not", async () => {
  const gate = Promise.withResolvers<void>();
  const silent = (first: string): ReadableStream<Uint8Array> =>
    new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode(first));
        await gate.promise;
        controller.enqueue(new TextEncoder().encode("last"));
        controller.close();
      },
    });
  const answers: Readonly<Record<string, () => Reply | Promise<Reply>>> = {
    "/hit": () => replyWith(new Blob(["hit"])),
    "/large": () => replyWith(new Blob([new Uint8Array(50_000_000)])),
    "/miss": async () => replyWith(new Blob(["miss"])),
    "/slow": () => gate.promise.then(() => replyWith(new Blob(["slow"]))),
    "/events": () => replyWith(silent("first")),
    "/relayed": async () => replyWith(silent("first")),
  };
  const unreadIsCut = Promise.withResolvers<void>();
  const handler: Handler = ({ url, request }) => {
    if (url.pathname === "/large") request.signal.addEventListener("abort", () => unreadIsCut.resolve());
    return answers[url.pathname]?.() ?? replyWith(new Blob(["?"]));
  };
  const listener = front(handler, {
    ...{ hostname: "127.0.0.1", port: 0, sharing: "alone", tls: undefined, silence: 1 },
    bridge: async () => ({ response: { status: 501, headers: new Headers(), body: null } }),
    clock: Date.now,
    onError: (error) => expect.unreachable(String(error)),
  });
  shared.defer(() => listener.stop(true));
  const asking = async (...sent: string[]): Promise<Raw> => {
    const client = await connect(shared, listener.port);
    for (const text of sent) {
      client.write(text);
      if (text.endsWith("\r\n\r\n")) await client.until((received) => /hit|miss|first/.test(received));
    }
    return client;
  };
  const waiting = async (path: string): Promise<Raw> => {
    const client = await connect(shared, listener.port);
    client.write(GET(path));
    return client;
  };

  const waited = await Promise.all([waiting("/slow"), asking(GET("/events")), asking(GET("/relayed"))]);
  const left = await Promise.all([
    asking(GET("/hit")),
    asking(GET("/miss")),
    asking(GET("/hit"), "GET /a HTTP/1.1\r\nHos"),
  ]);
  const unread = await connect(shared, listener.port);
  unread.socket.pause();
  unread.write(GET("/large"));
  await Promise.all(left.map(({ closed }) => closed));
  await unreadIsCut.promise;

  gate.resolve();
  for (const client of waited) {
    expect(statusOf(await client.until((received) => /slow|last/.test(received)))).toBe(200);
  }
}, 20_000);
