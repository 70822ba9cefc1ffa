import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { connect, statusOf } from "../e2e/raw.ts";
import { expectUnharmed, type KeptOrigin, keptOrigin, settle } from "./victim.ts";

/** Requests of which two readers may think that they end at different places. More of them are in e2e/bad-input.test.ts. */
const shared = cleanup();
let origin: KeptOrigin;
let proxy: RunningProxy;

beforeAll(async () => {
  origin = await keptOrigin(shared);
  proxy = await startProxy(shared, origin.url);
  await settle(proxy);
});

afterEach(() => expectUnharmed(proxy, origin));

const POST = "POST /post HTTP/1.1\r\nHost: localhost\r\n";
const CHUNKS = "5\r\nhello\r\n0\r\n\r\n";
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
const chunked = (body: string) => `${POST}Transfer-Encoding: chunked\r\n\r\n${body}`;

describe("refused, and the connection with it", () => {
  test.each([
    // Transfer-Encoding
    ["a coding in quotes", `${POST}Transfer-Encoding: "chunked"\r\n\r\n${CHUNKS}`],
    ["a coding with a parameter", `${POST}Transfer-Encoding: chunked;q=1\r\n\r\n${CHUNKS}`],
    ["a coding behind a vertical tab", `${POST}Transfer-Encoding: \x0bchunked\r\n\r\n${CHUNKS}`],
    ["a coding before a form feed", `${POST}Transfer-Encoding: chunked\x0c\r\n\r\n${CHUNKS}`],
    ["a coding before a bare CR", `${POST}Transfer-Encoding: chunked\r\r\n\r\n${CHUNKS}`],
    ["a coding before a no-break space", `${POST}Transfer-Encoding: chunked\xa0\r\n\r\n${CHUNKS}`],
    ["a coding before a NUL", `${POST}Transfer-Encoding: chunked\0\r\n\r\n${CHUNKS}`],
    ["chunked twice in two fields", `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`],
    ["chunked twice in a list", `${POST}Transfer-Encoding: chunked, chunked\r\n\r\n${CHUNKS}`],
    ["chunked, then identity", `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n${CHUNKS}`],
    ["identity, then chunked", `${POST}Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`],
    ["something, then chunked", `${POST}Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`],
    ["gzip below chunked", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n${CHUNKS}`],
    ["identity", `${POST}Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello`],
    ["no coding", `${POST}Transfer-Encoding:\r\nContent-Length: 5\r\n\r\nhello`],
    ["a length, and a coding that is none", `${POST}Content-Length: 5\r\nTransfer-encoding: xchunked\r\n\r\nhello`],
    [
      "chunks in HTTP/1.0",
      `POST /post HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    ],
    // Names
    ["a tab before the colon", `${POST}Transfer-Encoding\t: chunked\r\n\r\n${CHUNKS}`],
    ["white space before the name", `${POST} Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`],
    ["a NUL in the name", `${POST}Transfer-\0Encoding: chunked\r\n\r\n${CHUNKS}`],
    ["a space in the name", `${POST}Content Length: 5\r\n\r\nhello`],
    ["a name that is no token", `${POST}X(Y): 5\r\nContent-Length: 0\r\n\r\n`],
    ["a line without a colon", `${POST}Content-Length\r\n\r\nhello`],
    ["a fold before the first field", `POST /post HTTP/1.1\r\n Host: localhost\r\nContent-Length: 5\r\n\r\nhello`],
    // Content-Length
    ["a space before the colon of a length", `${POST}Content-Length : 5\r\n\r\nhello`],
    ["two lengths in one", `${POST}Content-Length: 5 5\r\n\r\nhello`],
    ["a length with a fraction", `${POST}Content-Length: 5.0\r\n\r\nhello`],
    ["a length with an exponent", `${POST}Content-Length: 5e0\r\n\r\nhello`],
    ["an empty length", `${POST}Content-Length:\r\n\r\nhello`],
    ["a list that begins with nothing", `${POST}Content-Length: ,5\r\n\r\nhello`],
    ["a list that ends with nothing", `${POST}Content-Length: 5,\r\n\r\nhello`],
    ["two lengths in a list", `${POST}Content-Length: 0, 5\r\n\r\nhello`],
    ["a length, then 0", `${POST}Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello`],
    ["a length before a vertical tab", `${POST}Content-Length: 5\x0b\r\n\r\nhello`],
    ["a length before a NUL", `${POST}Content-Length: 5\0\r\n\r\nhello`],
    ["a length beyond 64 bits", `${POST}Content-Length: 18446744073709551621\r\n\r\nhello`],
    ["a length in the next line", `${POST}Content-Length:\r\n 5\r\n\r\nhello`],
    ["two lengths of a GET", "GET /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 50\r\n\r\nhello"],
    // Ends of lines
    ["bare line feeds", "POST /post HTTP/1.1\nHost: localhost\nContent-Length: 5\n\nhello"],
    ["a bare line feed at the end", `${POST}Content-Length: 5\r\n\nhello`],
    ["a bare line feed before a length", `${POST}X-A: b\nContent-Length: 5\r\n\r\nhello`],
    ["a bare CR before a length", `${POST}X-A: b\rContent-Length: 5\r\n\r\nhello`],
    // Chunks
    ["a line feed in a chunk extension", chunked(`5;a\nb\r\nhello\r\n0\r\n\r\n`)],
    ["a CR in a chunk extension", chunked(`5;a\rb\r\nhello\r\n0\r\n\r\n`)],
    ["a NUL in a chunk extension", chunked(`5;a=\0\r\nhello\r\n0\r\n\r\n`)],
    ["a chunk extension without end", chunked(`5;${"a".repeat(70_000)}\r\nhello\r\n0\r\n\r\n`)],
    ["white space before a chunk extension", chunked(`5 ;a\r\nhello\r\n0\r\n\r\n`)],
    ["a line feed behind a chunk size", chunked(`5\nhello\r\n0\r\n\r\n`)],
    ["a line feed behind a chunk", chunked(`5\r\nhello\n0\r\n\r\n`)],
    ["nothing behind a chunk", chunked(`5\r\nhello0\r\n\r\n`)],
    ["something behind a chunk", chunked(`5\r\nhelloXX0\r\n\r\n`)],
    ["a chunk size with 0x", chunked(`0x5\r\nhello\r\n0\r\n\r\n`)],
    ["a negative chunk size", chunked(`-5\r\nhello\r\n0\r\n\r\n`)],
    ["a signed chunk size", chunked(`+5\r\nhello\r\n0\r\n\r\n`)],
    ["a chunk size with an underscore", chunked(`5_0\r\nhello\r\n0\r\n\r\n`)],
    ["a space before a chunk size", chunked(` 5\r\nhello\r\n0\r\n\r\n`)],
    ["a space behind a chunk size", chunked(`5 \r\nhello\r\n0\r\n\r\n`)],
    ["an empty chunk size", chunked(`\r\nhello\r\n0\r\n\r\n`)],
    ["a chunk size beyond 64 bits", chunked(`100000000000000005\r\nhello\r\n0\r\n\r\n`)],
    ["a last chunk that line feeds end", chunked(`5\r\nhello\r\n0\n\n`)],
    ["a last chunk without its empty line", chunked(`5\r\nhello\r\n0\r\n`)],
    ["a trailer that frames", chunked(`5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n`)],
    ["a trailer that line feeds end", chunked(`5\r\nhello\r\n0\r\nX-A: b\n\n`)],
    // Request lines
    ["two spaces in the request line", "GET  /post HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["tabs in the request line", "GET\t/post\tHTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["a space in the target", "GET /po st HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["a NUL in the target", "GET /po\0st HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["a CR in the target", "GET /po\rst HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["HTTP/0.9", "GET /post\r\n\r\n"],
    ["HTTP/1.2", "GET /post HTTP/1.2\r\nHost: localhost\r\n\r\n"],
    ["HTTP/2.0", "GET /post HTTP/2.0\r\nHost: localhost\r\n\r\n"],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a name of the protocol in lower case", "GET /post http/1.1\r\nHost: localhost\r\n\r\n"],
    ["a method that is no token", "G{T /post HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ])("%s", async (_, message) => {
    const client = await connect(shared, proxy.port);
    client.write(message + SMUGGLED);
    await client.closed;
    expect([400, 413, 505]).toContain(statusOf(client.received));
    expect(client.received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    // Of what is refused in its body the beginning may be on its way.
    expect(origin.heard.filter(({ target }) => target === "/post")).toEqual([]);
  });
});

describe("read as it is meant: what follows on the connection is the next request", () => {
  const hello = "POST hello";
  test.each([
    ["a coding before white space", `${POST}Transfer-Encoding: chunked \t\r\n\r\n${CHUNKS}`, hello],
    ["a coding behind a tab", `${POST}Transfer-Encoding:\tchunked\r\n\r\n${CHUNKS}`, hello],
    ["a coding of mixed case", `${POST}Transfer-Encoding: cHuNkEd\r\n\r\n${CHUNKS}`, hello],
    ["a list with an empty member", `${POST}Transfer-Encoding: ,chunked,\r\n\r\n${CHUNKS}`, hello],
    ["a name with an underscore", `${POST}Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello`, hello],
    ["a length with zeros before it", `${POST}Content-Length: 0005\r\n\r\nhello`, hello],
    ["a length between white space", `${POST}Content-Length:\t5 \r\n\r\nhello`, hello],
    ["a length that Connection names", `${POST}Connection: Content-Length\r\nContent-Length: 5\r\n\r\nhello`, hello],
    [
      "a coding that Connection names",
      `${POST}Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
      hello,
    ],
    ["chunk extensions", chunked("5;a=b\r\nhello\r\n0;c\r\n\r\n"), hello],
    ["a chunk extension with an open quote", chunked('5;a="\r\nhello\r\n0\r\n\r\n'), hello],
    ["sizes with zeros before them", chunked("0005\r\nhello\r\n000\r\n\r\n"), hello],
    ["a body that is a request", `${POST}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`, `POST ${SMUGGLED}`],
    ["an expectation", `${POST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`, hello],
    ["a GET with content", `GET /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello`, "GET "],
    [
      "a GET with the same length twice",
      `GET /post?1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
      "GET ",
    ],
    [
      "a GET with chunks",
      `GET /post?2 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
      "GET ",
    ],
    ["a HEAD with content", `HEAD /post?3 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello`, "HEAD "],
    [
      "an upgrade to HTTP/2",
      "GET /post?4 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
      "GET ",
    ],
  ])("%s", async (_, message, asked) => {
    const before = origin.heard.length;
    const client = await connect(shared, proxy.port);
    client.write(message);
    await client.until((received) => /HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n/.test(received));
    const first = client.received.length;
    const next = `/next?${crypto.randomUUID()}`;
    client.write(`GET ${next} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await client.closed;
    expect(client.received.slice(first)).toEndWith(`\r\n\r\n${next}`);
    const heard = origin.heard.slice(before).map(({ method, content }) => `${method} ${content}`);
    expect(heard).toEqual([asked, "GET "]);
  });
});

test("a body that turns out to be broken while it is on its way costs the origin's connection", async () => {
  const client = await connect(shared, proxy.port);
  const before = origin.connections.length;
  client.write(chunked("5\r\nhello\r\n"));
  const used = async () => {
    for (;;) {
      const begun = origin.connections.find(({ received }) => received.endsWith("hello\r\n"));
      if (begun !== undefined) return begun;
      await Bun.sleep(1);
    }
  };
  const begun = await used();
  client.write(`zz\r\n${SMUGGLED}`);
  await Promise.all([client.closed, begun.closed]);
  expect(statusOf(client.received)).toBe(400);
  expect(origin.connections.length).toBeLessThanOrEqual(before + 1);
});
