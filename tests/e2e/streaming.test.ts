import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { ask, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { connect, hasHead, type Raw, type RawOrigin, rawOrigin } from "./raw.ts";

const shared = cleanup();
let stub: RawOrigin;
let proxy: RunningProxy;
/** Resolves with the origin's side of the next connection that has sent a header section. */
let arrival = Promise.withResolvers<Raw>();

beforeAll(async () => {
  stub = await rawOrigin(shared, (connection) => {
    arrival.resolve(connection);
    arrival = Promise.withResolvers();
  });
  proxy = await startProxy(shared, stub.url);
});

const CHUNKED = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n";

/** Reads from a body, chunk by chunk. */
function reading(response: Response) {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  return {
    async until(text: string): Promise<string> {
      for (let got = ""; ; ) {
        const next = await reader?.read();
        got += decoder.decode(next?.value);
        if (got.endsWith(text)) return got;
        if (next?.done !== false) throw new Error(`ended after ${JSON.stringify(got)}`);
      }
    },
    done: async () => (await reader?.read())?.done,
  };
}

describe("downloads", () => {
  test("a chunk reaches the client before the origin has sent the next one", async () => {
    const arrived = arrival.promise;
    const answer = ask(proxy, "/slow");
    const connection = await arrived;
    connection.write(`${CHUNKED}\r\n5\r\nfirst\r\n`);
    const response = await answer;
    const body = reading(response);
    await body.until("first");
    connection.write("6\r\nsecond\r\n");
    await body.until("second");
    connection.end("0\r\n\r\n");
    expect(await body.done()).toBe(true);
    expect(xCache(response)).toBe("MISS");
    expect(await outcome(proxy, "/slow")).toEqual(["HIT", "firstsecond"]);
  });

  test("Server-Sent Events come one by one", async () => {
    const arrived = arrival.promise;
    const answer = ask(proxy, "/events", { headers: { accept: "text/event-stream" } });
    const connection = await arrived;
    const type = "Content-Type: text/event-stream\r\nCache-Control: no-cache";
    connection.write(`HTTP/1.1 200 OK\r\n${type}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    // Bun holds the header section back until there is content.
    connection.write("9\r\ndata: 0\n\n\r\n");
    const response = await answer;
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const body = reading(response);
    expect(await body.until("\n\n")).toBe("data: 0\n\n");
    for (const n of [1, 2, 3]) {
      connection.write(`9\r\ndata: ${n}\n\n\r\n`);
      // The origin goes on only when this event has arrived.
      expect(await body.until("\n\n")).toBe(`data: ${n}\n\n`);
    }
    connection.end("0\r\n\r\n");
    expect(await body.done()).toBe(true);
  });
});

describe("uploads", () => {
  test("a chunk reaches the origin before the client has sent the next one", async () => {
    const client = await connect(shared, proxy.port);
    const arrived = arrival.promise;
    client.write("POST /up HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    const connection = await arrived;
    await connection.until((text) => text.includes("first"));
    client.write("6\r\nsecond\r\n");
    await connection.until((text) => text.includes("second"));
    client.write("0\r\n\r\n");
    await connection.until((text) => text.endsWith("0\r\n\r\n"));
    connection.end("HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    expect(await client.until(hasHead)).toStartWith("HTTP/1.1 201 Created\r\n");
  });

  test("an early answer reaches the client while it still sends", async () => {
    const client = await connect(shared, proxy.port);
    const arrived = arrival.promise;
    client.write("POST /early HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    const connection = await arrived;
    connection.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    expect(await client.until(hasHead)).toStartWith("HTTP/1.1 403 Forbidden\r\n");
  });
});

describe("a client that leaves", () => {
  test("while it waits for the header section takes the exchange with the origin along", async () => {
    const client = await connect(shared, proxy.port);
    const arrived = arrival.promise;
    client.write("GET /waiting HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const connection = await arrived;
    client.reset();
    await connection.closed;
    // Its address is asked for while it is there.
    const line = await proxy.stdout.find((text) => text.includes('"/waiting"'));
    expect(JSON.parse(line)).toMatchObject({ status: 499, client: "127.0.0.1" });
  });

  test("in the middle of the body, too, and what came is not stored", async () => {
    const client = await connect(shared, proxy.port);
    const arrived = arrival.promise;
    client.write("GET /half HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const connection = await arrived;
    connection.write(`${CHUNKED}\r\n5\r\nfirst\r\n`);
    await client.until((text) => text.includes("first"));
    client.reset();
    await connection.closed;
    await expectMiss("/half");
  });

  test("in the middle of its upload, too", async () => {
    const client = await connect(shared, proxy.port);
    const arrived = arrival.promise;
    client.write("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nfirst");
    const connection = await arrived;
    await connection.until((text) => text.endsWith("first"));
    client.reset();
    await connection.closed;
    expect(connection.received).toEndWith("first");
  });
});

/** The next answer is the origin's and whole. */
async function expectMiss(path: string): Promise<void> {
  const arrived = arrival.promise;
  const answer = outcome(proxy, path);
  const connection = await arrived;
  connection.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwhole");
  expect(await answer).toEqual(["MISS", "whole"]);
}
