import { beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { ServerWebSocket } from "bun";
import { cleanup } from "./cleanup.ts";
import { type RunningProxy, startProxy } from "./proxy.ts";
import { connect, contentOf, exchange, fieldsOf, hasHead, type Raw, rawOrigin, statusOf } from "./raw.ts";

const shared = cleanup();
let proxy: RunningProxy;
let handshake: { path: string; headers: Headers } | undefined;
/** Of each handshake and other request, whether it had Upgrade. */
const upgrades: boolean[] = [];
let originUrl: string;
let upstream = Promise.withResolvers<ServerWebSocket<{ path: string }>>();
/** How the client of `/left` left, as the origin sees it. */
const left = Promise.withResolvers<[number, string]>();

/** What `/flood` has sent, from when it starts. */
const flood = Promise.withResolvers<{ sent: number }>();

/** Sends many messages at the pace at which they are taken. */
async function sendAll(socket: ServerWebSocket<{ path: string }>): Promise<void> {
  const flooding = { sent: 0 };
  flood.resolve(flooding);
  for (; flooding.sent < MESSAGES; flooding.sent++) {
    while (socket.getBufferedAmount() > 0) await Bun.sleep(1);
    socket.send(message(flooding.sent));
  }
}

beforeAll(async () => {
  const server = Bun.serve<{ path: string }>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, self) {
      const { pathname, search } = new URL(request.url);
      handshake = { path: pathname + search, headers: request.headers };
      upgrades.push(request.headers.has("upgrade"));
      if (pathname === "/refused") return new Response("no sockets here", { status: 403 });
      const offered = request.headers.get("sec-websocket-protocol")?.split(", ") ?? [];
      const headers = offered.includes("chat.v2") ? { "sec-websocket-protocol": "chat.v2" } : {};
      return self.upgrade(request, { headers, data: { path: pathname } }) ? undefined : new Response("a plain answer");
    },
    websocket: {
      open(socket) {
        upstream.resolve(socket);
        if (socket.data.path === "/greeting") socket.send("welcome");
        if (socket.data.path === "/flood") void sendAll(socket);
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
  originUrl = `http://127.0.0.1:${server.port}`;
  proxy = await startProxy(shared, originUrl);
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

test("RFC 9110 §7.6.3: a handshake that goes round in circles is ended", async () => {
  handshake = undefined;
  const via = `Via: ${Array.from({ length: 10 }, () => "1.1 caching-proxy").join(", ")}\r\n`;
  const response = await exchange(proxy.port, `GET /x HTTP/1.1\r\nHost: localhost\r\n${via}${UPGRADE}`);
  expect(statusOf(response)).toBe(508);
  expect(handshake).toBeUndefined();
});

test("one line in the log", async () => {
  const { next, socket } = open("/greeting?logged");
  expect(await next()).toBe("welcome");
  socket.close();
  const line = await proxy.stdout.find((text) => text.includes("/greeting?logged"));
  expect(JSON.parse(line)).toMatchObject({ method: "GET", status: 101, outcome: "bypass" });
});

const MESSAGES = 1500;
const message = (n: number): string => `${n}|`.padEnd(60_000, "x");

describe("nothing is lost and little kept where one side reads slowly", () => {
  test("the client", async () => {
    const client = await connect(shared, proxy.port);
    client.socket.pause();
    client.write(`GET /flood HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}`);
    const flooding = await flood.promise;
    await stalled(() => flooding.sent);
    // The rest waits at the origin.
    expect(flooding.sent).toBeLessThan(MESSAGES / 2);
    const chunks: Buffer[] = [];
    client.socket.removeAllListeners("data");
    client.socket.on("data", (bytes) => {
      if (typeof bytes !== "string") chunks.push(bytes);
    });
    client.socket.resume();
    // A frame of this size has a head of 4 bytes.
    const size = MESSAGES * 60_004;
    for (let got = 0; got < size; got = chunks.reduce((sum, { length }) => sum + length, 0)) await Bun.sleep(20);
    const all = Buffer.concat(chunks);
    const frames = all.subarray(all.length - size);
    for (let n = 0; n < MESSAGES; n++) {
      expect(frames.toString("latin1", n * 60_004 + 4, n * 60_004 + 14)).toBe(message(n).slice(0, 10));
    }
    client.reset();
  }, 20_000);

  test("the origin", async () => {
    const arrived = Promise.withResolvers<Raw>();
    const stub = await rawOrigin(shared, (connection, head) => {
      const key = fieldsOf(head).get("sec-websocket-key");
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      connection.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      connection.socket.pause();
      connection.socket.removeAllListeners("data");
      arrived.resolve(connection);
    });
    const slow = await startProxy(shared, stub.url);
    const client = new WebSocket(`ws://127.0.0.1:${slow.port}/`);
    const opened = Promise.withResolvers<void>();
    client.addEventListener("open", () => opened.resolve());
    const connection = await arrived.promise;
    await opened.promise;
    for (let n = 0; n < MESSAGES; n++) client.send(message(n));
    // The rest waits at the client.
    expect(await stalled(() => client.bufferedAmount)).toBeGreaterThan((MESSAGES / 2) * 60_000);
    let got = 0;
    const whole = Promise.withResolvers<void>();
    connection.socket.on("data", (bytes) => {
      got += bytes.length;
      // A frame of this size has a head of 8 bytes, mask included.
      if (got === MESSAGES * 60_008) whole.resolve();
    });
    connection.socket.resume();
    await whole.promise;
  }, 20_000);
});

/** Resolves once a number has stopped changing. */
async function stalled(read: () => number): Promise<number> {
  for (let before = Number.NaN; before !== read(); ) {
    before = read();
    await Bun.sleep(300);
  }
  return read();
}

describe("a handshake", () => {
  test.each(["chat, chat", "chat room", 'chat, "quoted"'])("that offers `%s` is a 400", async (protocols) => {
    const fields = `Host: localhost\r\nSec-WebSocket-Protocol: ${protocols}\r\n${UPGRADE}`;
    const response = await exchange(proxy.port, `GET /echo HTTP/1.1\r\n${fields}`);
    expect(statusOf(response)).toBe(400);
    expect(response).toContain("Sec-WebSocket-Protocol");
  });

  test.each([
    ["no GET", "POST", UPGRADE],
    ["of another version", "GET", UPGRADE.replace("13", "8")],
    ["without a key", "GET", UPGRADE.replace("Sec-WebSocket-Key", "X-Key")],
    ["that Connection does not name", "GET", UPGRADE.replace("Upgrade, close", "close")],
  ])("%s is none, and the request is any other", async (_, method, fields) => {
    const response = await exchange(proxy.port, `${method} /refused HTTP/1.1\r\nHost: localhost\r\n${fields}`);
    expect(statusOf(response)).toBe(403);
    expect(contentOf(response)).toEndWith("no sockets here");
    expect(upgrades.at(-1)).toBe(false);
  });
});

test("SIGTERM sends clients away and does not wait for them, heard or not", async () => {
  const stopping = await startProxy(shared, originUrl);
  const polite = new WebSocket(`ws://127.0.0.1:${stopping.port}/echo`);
  const ended = Promise.withResolvers<number>();
  polite.addEventListener("close", ({ code }) => ended.resolve(code));
  const opened = Promise.withResolvers<void>();
  polite.addEventListener("open", () => opened.resolve());
  const deaf = await connect(shared, stopping.port);
  deaf.write(`GET /echo HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}`);
  await Promise.all([opened.promise, deaf.until(hasHead)]);
  const asked = performance.now();
  stopping.signal("SIGTERM");
  expect(await ended.promise).toBe(1001);
  expect(await stopping.exited).toBe(0);
  expect(performance.now() - asked).toBeLessThan(3_000);
}, 15_000);

test("a proxy that the environment names is not asked", async () => {
  const nobody = "http://127.0.0.1:1";
  const env = { HTTP_PROXY: nobody, http_proxy: nobody, HTTPS_PROXY: nobody, ALL_PROXY: nobody, all_proxy: nobody };
  const direct = await startProxy(shared, originUrl, "", { env });
  const client = await connect(shared, direct.port);
  client.write(`GET /greeting HTTP/1.1\r\nHost: localhost\r\n${UPGRADE}`);
  expect(statusOf(await client.until((text) => text.includes("welcome")))).toBe(101);
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
