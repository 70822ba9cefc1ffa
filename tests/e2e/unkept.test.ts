import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { cleanup } from "./cleanup.ts";
import { startProxy } from "./proxy.ts";
import { connect, type Raw, rawOrigin } from "./raw.ts";

/** Bodies that nobody keeps: they pass at the pace of the client, without a look at them. */
const shared = cleanup();

const FRAMINGS = [
  ["announced", "Content-Length: 100000000"],
  ["chunked", "Transfer-Encoding: chunked"],
] as const;

/** Whether there was room again, or none any more. */
const ROOM = [() => true, () => false] as const;

/** A header section, and the first chunk of a body that is not to be stored. */
function begin(framing: string): string {
  const head = `HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n${framing}\r\n\r\n`;
  return framing.startsWith("T") ? `${head}5\r\nfirst\r\n` : `${head}first`;
}

describe.each(FRAMINGS)("%s", (_, framing) => {
  test("one that breaks off resets the client's connection, and nothing is said of it", async () => {
    const stub = await rawOrigin(shared, async (connection) => {
      connection.write(begin(framing));
      await release.promise;
      connection.reset();
    });
    const release = Promise.withResolvers<void>();
    const proxy = await startProxy(shared, stub.url);
    const client = await connect(shared, proxy.port);
    client.write("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await client.until((text) => text.includes("first"));
    release.resolve();
    await client.closed;
    expect(client.received).not.toEndWith("0\r\n\r\n");
    const said = proxy.stderr.all.length;
    proxy.signal("SIGTERM");
    await proxy.exited;
    await proxy.stderr.ended;
    expect(proxy.stderr.all.slice(said).filter((line) => !/^(?:SIGTERM|stopped)/.test(line))).toEqual([]);
  });

  test("a client that leaves takes the exchange with the origin along", async () => {
    const arrived = Promise.withResolvers<Raw>();
    const stub = await rawOrigin(shared, (connection) => {
      connection.write(begin(framing));
      arrived.resolve(connection);
    });
    const proxy = await startProxy(shared, stub.url);
    const client = await connect(shared, proxy.port);
    client.write("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await client.until((text) => text.includes("first"));
    client.reset();
    await (await arrived.promise).closed;
  });

  test("a client that does not read holds up the origin", async () => {
    let sent = 0;
    const block = framing.startsWith("T") ? `10000\r\n${"x".repeat(65536)}\r\n` : "x".repeat(65536);
    const stub = await rawOrigin(shared, async (connection) => {
      connection.write(begin(framing));
      while (sent < 95_000_000) {
        sent += 65536;
        if (connection.socket.write(block)) continue;
        // Whoever waits for more room is left alone at the end.
        if (!(await once(connection.socket, "drain").then(...ROOM))) return;
      }
    });
    const proxy = await startProxy(shared, stub.url);
    const client = await connect(shared, proxy.port);
    client.write("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await client.until((text) => text.includes("first"));
    client.socket.pause();
    for (let before = -1; before !== sent; ) {
      before = sent;
      await Bun.sleep(300);
    }
    expect(sent).toBeLessThan(48 * 1024 * 1024);
  }, 10_000);
});
