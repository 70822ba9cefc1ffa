import { beforeAll, describe, expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { cleanup } from "./cleanup.ts";
import { type RunningProxy, startProxy } from "./proxy.ts";
import { exchange, fieldsOf, statusOf } from "./raw.ts";

const shared = cleanup();
let proxy: RunningProxy;
let handshake: { path: string; headers: Headers } | undefined;
let upstream = Promise.withResolvers<ServerWebSocket<{ path: string }>>();
/** How the client of `/left` left, as the origin sees it. */
const left = Promise.withResolvers<[number, string]>();

beforeAll(async () => {
  const server = Bun.serve<{ path: string }>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, self) {
      const { pathname, search } = new URL(request.url);
      handshake = { path: pathname + search, headers: request.headers };
      if (pathname === "/refused") return new Response("no sockets here", { status: 403 });
      const offered = request.headers.get("sec-websocket-protocol")?.split(", ") ?? [];
      const headers = offered.includes("chat.v2") ? { "sec-websocket-protocol": "chat.v2" } : {};
      return self.upgrade(request, { headers, data: { path: pathname } }) ? undefined : new Response("a plain answer");
    },
    websocket: {
      open(socket) {
        upstream.resolve(socket);
        if (socket.data.path === "/greeting") socket.send("welcome");
      },
      message(socket, message) {
        socket.send(message);
      },
      close: ({ data }, code, reason) => {
        if (data.path === "/left") left.resolve([code, reason]);
      },
    },
  });
  shared.defer(() => server.stop(true));
  proxy = await startProxy(shared, `http://127.0.0.1:${server.port}`);
});

function open(path: string, protocols: string[] = []) {
  upstream = Promise.withResolvers();
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}${path}`, protocols);
  socket.binaryType = "arraybuffer";
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<{ code: number; reason: string }>();
  const messages: unknown[] = [];
  let arrived = Promise.withResolvers<void>();
  socket.addEventListener("open", () => opened.resolve());
  socket.addEventListener("close", ({ code, reason }) => ended.resolve({ code, reason }));
  socket.addEventListener("message", ({ data }) => {
    messages.push(data);
    arrived.resolve();
  });
  const next = async (): Promise<unknown> => {
    while (messages.length === 0) {
      await arrived.promise;
      arrived = Promise.withResolvers();
    }
    return messages.shift();
  };
  return { socket, opened: opened.promise, ended: ended.promise, next };
}

describe("a WebSocket is bridged", () => {
  test("text and binary both ways, in order", async () => {
    const { socket, opened, next } = open("/echo?room=1");
    await opened;
    expect(handshake?.path).toBe("/echo?room=1");
    socket.send("grüße");
    socket.send(new Uint8Array([0, 255, 128]));
    socket.send("");
    expect(await next()).toBe("grüße");
    expect(await next()).toEqual(new Uint8Array([0, 255, 128]).buffer);
    expect(await next()).toBe("");
    socket.close();
  });

  test("what the origin says first is not lost", async () => {
    const { socket, next } = open("/greeting");
    expect(await next()).toBe("welcome");
    socket.close();
  });

  test("a large message arrives whole", async () => {
    const { socket, opened, next } = open("/echo");
    await opened;
    const text = "0123456789".repeat(200_000);
    socket.send(text);
    expect((await next()) === text).toBe(true);
    socket.close();
  });

  test("with the subprotocol on which client and origin agree", async () => {
    const { socket, opened } = open("/echo", ["chat.v1", "chat.v2"]);
    await opened;
    expect(socket.protocol).toBe("chat.v2");
    socket.close();
  });

  test("the client's close reaches the origin, code and reason", async () => {
    const { socket, opened } = open("/left");
    await opened;
    socket.close(4001, "bye");
    expect(await left.promise).toEqual([4001, "bye"]);
  });

  test("the origin's close reaches the client, code and reason", async () => {
    const { opened, ended } = open("/echo");
    await opened;
    (await upstream.promise).close(4002, "enough");
    expect(await ended).toEqual({ code: 4002, reason: "enough" });
  });

  test("an origin that crashes ends it with an error code", async () => {
    const { opened, ended } = open("/echo");
    await opened;
    (await upstream.promise).terminate();
    expect((await ended).code).toBeGreaterThan(1001);
  });

  test("the origin sees Host, Via and X-Forwarded-* as on any request", async () => {
    const { socket, opened } = open("/echo");
    await opened;
    expect(handshake?.headers.get("via")).toBe("1.1 caching-proxy");
    expect(handshake?.headers.get("x-forwarded-host")).toBe(`127.0.0.1:${proxy.port}`);
    expect(handshake?.headers.get("host")).not.toBe(`127.0.0.1:${proxy.port}`);
    socket.close();
  });
});

const UPGRADE =
  "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n";

test("our own paths are ours, also for one who wants a WebSocket there", async () => {
  handshake = undefined;
  const response = await exchange(proxy.port, `GET /__admin/stats HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}`);
  expect(statusOf(response)).toBe(200);
  expect(fieldsOf(response).get("content-type")).toBe("application/json");
  expect(handshake).toBeUndefined();
});

test("one line in the log", async () => {
  const { next, socket } = open("/greeting?logged");
  expect(await next()).toBe("welcome");
  socket.close();
  const line = await proxy.stdout.find((text) => text.includes("/greeting?logged"));
  expect(JSON.parse(line)).toMatchObject({ method: "GET", status: 101, outcome: "bypass" });
});

test("an origin that refuses is a 502 that names it", async () => {
  const key = Buffer.from("0123456789abcdef").toString("base64");
  const response = await exchange(
    proxy.port,
    `GET /refused HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  expect(statusOf(response)).toBe(502);
  expect(fieldsOf(response).get("content-type")).toBe("application/problem+json");
  expect(response).toContain('"cause":"the origin refused the WebSocket"');
});
