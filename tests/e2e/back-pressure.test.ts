import { expect, test } from "bun:test";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { cleanup } from "./cleanup.ts";
import { startProxy } from "./proxy.ts";
import { connect, contentOf, hasHead, type Raw, rawOrigin } from "./raw.ts";

const MB = 1024 * 1024;
const TOTAL = 200 * MB;
/** What may lie in between: the kernel's buffers of two connections and a few chunks of ours. */
const UNDERWAY = 48 * MB;
const shared = cleanup();

type Sending = { sent: number; readonly done: Promise<void> };

/** Sends as much as the other side takes, counting what it took. */
function send(connection: Raw): Sending {
  const block = Buffer.alloc(MB / 4, "x");
  const sending = { sent: 0, done: Promise.resolve() };
  sending.done = (async () => {
    while (sending.sent < TOTAL) {
      const taken = connection.socket.write(block);
      if (!taken) await once(connection.socket, "drain");
      sending.sent += block.length;
    }
  })();
  return sending;
}

/** Resolves once nothing more is taken, or all of it was: then there is no back-pressure. */
async function stalled(sending: Sending): Promise<number> {
  for (let before = -1; before !== sending.sent || sending.sent === 0; ) {
    before = sending.sent;
    await Bun.sleep(300);
  }
  return sending.sent;
}

/** Memory of a process, where the system tells it in /proc. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Reads the rest of the content without keeping it; what came along with the header section counts. */
function drain(connection: Raw): { size: number } {
  const read = { size: contentOf(connection.received).length };
  connection.socket.removeAllListeners("data");
  connection.socket.on("data", (bytes) => {
    read.size += bytes.length;
  });
  connection.socket.resume();
  return read;
}

test("200 MB to a client that does not read wait at the origin and not in memory", async () => {
  const started = Promise.withResolvers<Sending>();
  const stub = await rawOrigin(shared, (connection) => {
    connection.write(
      `HTTP/1.1 200 OK\r\nContent-Length: ${TOTAL}\r\nCache-Control: max-age=60\r\nConnection: close\r\n\r\n`,
    );
    started.resolve(send(connection));
  });
  const proxy = await startProxy(shared, stub.url);
  const client = await connect(shared, proxy.port);
  const before = await memoryOf(proxy.pid);
  client.socket.pause();
  client.write("GET /big HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const sending = await started.promise;
  expect(await stalled(sending)).toBeLessThan(UNDERWAY);
  expect((await memoryOf(proxy.pid)) - before).toBeLessThan(100 * MB);
  const read = drain(client);
  await client.closed;
  expect(read.size).toBeGreaterThanOrEqual(TOTAL);
  expect((await memoryOf(proxy.pid)) - before).toBeLessThan(150 * MB);
}, 20_000);

test("200 MB to an origin that does not read wait at the client and not in memory", async () => {
  const arrived = Promise.withResolvers<Raw>();
  const stub = await rawOrigin(shared, (connection) => {
    connection.socket.pause();
    arrived.resolve(connection);
  });
  const proxy = await startProxy(shared, stub.url);
  const client = await connect(shared, proxy.port);
  const before = await memoryOf(proxy.pid);
  client.write(`POST /big HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${TOTAL}\r\n\r\n`);
  const sending = send(client);
  const connection = await arrived.promise;
  expect(await stalled(sending)).toBeLessThan(UNDERWAY);
  expect((await memoryOf(proxy.pid)) - before).toBeLessThan(100 * MB);
  const read = drain(connection);
  while (read.size < TOTAL) await once(connection.socket, "data");
  connection.end("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  expect(await client.until(hasHead)).toStartWith("HTTP/1.1 204 ");
}, 20_000);
