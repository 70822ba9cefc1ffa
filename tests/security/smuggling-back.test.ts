import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "../e2e/cleanup.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { connect, contentOf, exchange, fieldsOf, statusOf } from "../e2e/raw.ts";
import { expectUnharmed, type Heard, type KeptOrigin, keptOrigin, settle } from "./victim.ts";

/** Responses on a kept connection of which two readers may think that they end at different places. More of them are in e2e/framing.test.ts. */
const shared = cleanup();
let origin: KeptOrigin;
let proxy: RunningProxy;
/** What the origin answers to the paths of attacks, and nothing else. */
let answer: (heard: Heard) => string | Promise<void> = () => "";

beforeAll(async () => {
  origin = await keptOrigin(shared, (heard) => (heard.target.startsWith("/attack") ? answer(heard) : undefined));
  proxy = await startProxy(shared, origin.url);
  await settle(proxy);
});

afterEach(() => expectUnharmed(proxy, origin));

const EVIL = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nEVIL";
const head = (fields: string, status = "200 OK") =>
  `HTTP/1.1 ${status}\r\nCache-Control: max-age=60\r\nETag: "1"\r\n${fields}\r\n`;
const inChunks = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const OK = head("Content-Length: 2\r\n");

/** Asks twice, so that what was stored shows; each over a connection of its own. */
async function asked(method = "GET"): Promise<readonly [string, string]> {
  const path = `/attack/${crypto.randomUUID()}`;
  const send = () => exchange(proxy.port, `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  return [await send(), await send()];
}

const contents = (response: string): string =>
  fieldsOf(response).has("transfer-encoding")
    ? contentOf(response)
        .replace(/[0-9a-f]+\r\n([\s\S]*?)\r\n/g, "$1")
        .replace(/\r\n$/, "")
    : contentOf(response);

describe("what is more than the message is nobody's answer", () => {
  test.each<[string, string, string, string]>([
    ["another response", "GET", `${OK}ok${EVIL}`, "ok"],
    ["two more", "GET", `${OK}ok${EVIL}${EVIL}`, "ok"],
    ["noise", "GET", `${OK}okXXXX`, "ok"],
    ["another response behind an empty one", "GET", `${head("Content-Length: 0\r\n")}${EVIL}`, ""],
    ["another response behind chunks", "GET", `${head(CHUNKED)}2\r\nok\r\n0\r\n\r\n${EVIL}`, "ok"],
    ["another response behind trailers", "GET", `${head(CHUNKED)}2\r\nok\r\n0\r\nX-A: b\r\n\r\n${EVIL}`, "ok"],
    ["content of a HEAD", "HEAD", `${head(`Content-Length: ${EVIL.length}\r\n`)}${EVIL}`, ""],
    ["chunks of a HEAD", "HEAD", `${head(CHUNKED)}${inChunks(EVIL)}`, ""],
    ["content of a 204", "GET", `${head(`Content-Length: ${EVIL.length}\r\n`, "204 No Content")}${EVIL}`, ""],
    ["chunks of a 204", "GET", `${head(CHUNKED, "204 No Content")}${inChunks(EVIL)}`, ""],
    ["content of a 304", "GET", `${head(`Content-Length: ${EVIL.length}\r\n`, "304 Not Modified")}${EVIL}`, ""],
    ["chunks of a 304", "GET", `${head(CHUNKED, "304 Not Modified")}${inChunks(EVIL)}`, ""],
    ["content of a 304 without a length", "GET", `${head("", "304 Not Modified")}${EVIL}`, ""],
    ["a length beside chunks", "GET", `${head(`Content-Length: 5\r\n${CHUNKED}`)}0\r\n\r\n${EVIL}`, ""],
    ["a great length beside chunks", "GET", `${head(`${CHUNKED}Content-Length: 500\r\n`)}2\r\nok\r\n0\r\n\r\n`, "ok"],
    ["chunks of HTTP/1.0", "GET", `${head(CHUNKED).replace("1.1", "1.0")}2\r\nok\r\n0\r\n\r\n${EVIL}`, "ok"],
    ["the coding identity", "GET", `${head("Transfer-Encoding: identity\r\nContent-Length: 2\r\n")}ok${EVIL}`, "ok"],
    ["the same length twice", "GET", `${head("Content-Length: 2\r\nContent-Length: 2\r\n")}ok${EVIL}`, "ok"],
    [
      "a length that Connection names",
      "GET",
      `${head("Connection: Content-Length\r\nContent-Length: 2\r\n")}ok${EVIL}`,
      "ok",
    ],
  ])("%s", async (_, method, response, content) => {
    answer = () => response;
    for (const got of await asked(method)) {
      expect([200, 204, 304]).toContain(statusOf(got));
      expect(contents(got)).toBe(content);
    }
  });

  test.each<[string, string, string]>([
    ["a whole", "GET", `${OK}ok`],
    ["chunks", "GET", `${head(CHUNKED)}2\r\nok\r\n0\r\n\r\n`],
    ["a HEAD", "HEAD", head(`Content-Length: ${EVIL.length}\r\n`)],
    ["a 204", "GET", head("", "204 No Content")],
    ["a 304", "GET", head("", "304 Not Modified")],
    ["a POST", "POST", `${OK}ok`],
  ])("behind %s, once its connection waits for the next request: it is closed", async (_, method, response) => {
    const answered = Promise.withResolvers<Heard>();
    answer = (heard) => {
      answered.resolve(heard);
      return response;
    };
    const path = `/attack/${crypto.randomUUID()}`;
    await exchange(
      proxy.port,
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    const { connection } = await answered.promise;
    connection.write(EVIL);
    await connection.closed;
  });
});

describe("framing that is none of one meaning is an origin that cannot be reached: 502, nothing stored", () => {
  test.each([
    ["two lengths", `${head(`Content-Length: 2\r\nContent-Length: ${2 + EVIL.length}\r\n`)}ok${EVIL}`],
    [
      "two lengths, the greater first",
      `${head(`Content-Length: ${2 + EVIL.length}\r\nContent-Length: 2\r\n`)}ok${EVIL}`,
    ],
    ["a list of lengths", `${head("Content-Length: 2, 2\r\n")}ok${EVIL}`],
    ["a signed length", `${head("Content-Length: +2\r\n")}ok${EVIL}`],
    ["a negative length", `${head("Content-Length: -1\r\n")}ok${EVIL}`],
    ["a length in hexadecimal", `${head("Content-Length: 0x2\r\n")}ok${EVIL}`],
    ["an empty length", `${head("Content-Length:\r\n")}ok${EVIL}`],
    ["a length with something behind it", `${head("Content-Length: 2x\r\n")}ok${EVIL}`],
    ["a length beyond 64 bits", `${head("Content-Length: 18446744073709551618\r\n")}ok${EVIL}`],
    ["an unknown coding", `${head("Transfer-Encoding: xchunked\r\n")}2\r\nok\r\n0\r\n\r\n${EVIL}`],
    ["chunked not last", `${head("Transfer-Encoding: chunked, identity\r\n")}2\r\nok\r\n0\r\n\r\n${EVIL}`],
    ["chunked twice", `${head(`${CHUNKED}${CHUNKED}`)}2\r\nok\r\n0\r\n\r\n`],
    ["gzip as a transfer coding", `${head("Transfer-Encoding: gzip\r\nContent-Length: 2\r\n")}ok`],
    ["gzip below chunked", `${head("Transfer-Encoding: gzip, chunked\r\n")}2\r\nok\r\n0\r\n\r\n`],
    ["white space before the colon", `${head("Transfer-Encoding : chunked\r\n")}2\r\nok\r\n0\r\n\r\n`],
    ["a vertical tab before the coding", `${head("Transfer-Encoding: \x0bchunked\r\n")}2\r\nok\r\n0\r\n\r\n`],
    ["a folded line", `${head("X-A: b\r\n Content-Length: 50\r\nContent-Length: 2\r\n")}ok`],
    ["a bare CR in a field", `${head("X-A: a\rX-B: b\r\nContent-Length: 2\r\n")}ok`],
    ["a NUL in a field", `${head("X-A: a\0b\r\nContent-Length: 2\r\n")}ok`],
    ["a NUL in a name", `${head("X\0A: b\r\nContent-Length: 2\r\n")}ok`],
    ["an empty line first", `\r\n\r\n${OK}ok`],
    ["a protocol that is none", `${OK.replace("HTTP/1.1", "HTTP/2.0")}ok`],
    ["a status of four digits", `${OK.replace("200", "2000")}ok`],
    ["a status of two", `${OK.replace("200", "20")}ok`],
    ["a change of protocols that nobody asked for", `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n${EVIL}`],
  ])("%s", async (_, response) => {
    answer = () => response;
    for (const got of await asked()) {
      expect([statusOf(got), fieldsOf(got).get("x-cache")]).toEqual([502, "MISS"]);
      expect(got).not.toContain("EVIL");
    }
  });
});

describe("chunks that are none: the client's connection breaks off, nothing stored", () => {
  test.each([
    ["a size that is none", "zz\r\nok\r\n0\r\n\r\n"],
    ["a signed size", "+2\r\nok\r\n0\r\n\r\n"],
    ["a negative size", "-2\r\nok\r\n0\r\n\r\n"],
    ["a size with 0x", "0x2\r\nok\r\n0\r\n\r\n"],
    ["an empty size", "\r\nok\r\n0\r\n\r\n"],
    ["a size beyond 64 bits", "10000000000000002\r\nok\r\n0\r\n\r\n"],
    ["something behind a chunk", "2\r\nokXX0\r\n\r\n"],
    ["line feeds alone", "2\nok\n0\n\n"],
    ["a line feed in an extension", "2;a\nb\r\nok\r\n0\r\n\r\n"],
  ])("%s", async (_, chunks) => {
    const before = origin.heard.length;
    answer = () => head(CHUNKED) + chunks;
    for (const got of await asked()) expect(got).not.toMatch(/(^|\r\n)0\r\n\r\n$/);
    expect(origin.heard.length - before).toBe(2);
  });
});

describe("interim responses are no answers, and leave nothing in the one that follows", () => {
  test.each([
    ["100", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["fifty of them", "HTTP/1.1 100 Continue\r\n\r\n".repeat(50)],
    ["100 with a length", "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"],
    ["103 with fields", "HTTP/1.1 103 Early Hints\r\nLink: </evil>\r\nX-Evil: 1\r\nSet-Cookie: evil=1\r\n\r\n"],
    ["103 with a coding", "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["one that nobody knows", "HTTP/1.1 199 Evil\r\nX-Evil: 1\r\n\r\n"],
  ])("%s", async (_, interim) => {
    answer = () => `${interim}${OK}ok`;
    for (const got of await asked()) {
      expect([statusOf(got), contentOf(got)]).toEqual([200, "ok"]);
      expect(got).not.toMatch(/evil/i);
    }
  });

  test("one with content is followed by what that content says, for its own URL alone", async () => {
    answer = () => `HTTP/1.1 100 Continue\r\nContent-Length: ${EVIL.length}\r\n\r\n${EVIL}${OK}ok`;
    for (const got of await asked()) expect(contentOf(got)).toBe("EVIL");
  });
});

describe("fields behind the body are gone", () => {
  test("trailers change nothing of what is stored", async () => {
    answer = () => `${head(CHUNKED)}2\r\nok\r\n0\r\nX-A: b\r\nContent-Length: 99\r\nCache-Control: no-store\r\n\r\n`;
    const [first, second] = await asked();
    expect([fieldsOf(first).get("x-cache"), fieldsOf(second).get("x-cache")]).toEqual(["MISS", "HIT"]);
    for (const got of [first, second]) {
      expect(contents(got)).toBe("ok");
      expect([fieldsOf(got).has("x-a"), fieldsOf(got).get("cache-control")]).toEqual([false, "max-age=60"]);
    }
  });
});

test.each(["identity", "", ","])(
  "RFC 9112 §6.3: with Transfer-Encoding %j the end of the connection is the end of the body, of which nobody knows whether it is whole",
  async (coding) => {
    answer = async ({ connection }) => {
      connection.end(`${head(`Transfer-Encoding: ${coding}\r\n`)}cut o`);
    };
    for (const got of await asked()) {
      expect([fieldsOf(got).get("x-cache"), contents(got)]).toEqual(["MISS", "cut o"]);
    }
  },
);

test("a POST whose connection breaks off is not sent again", async () => {
  const before = origin.heard.length;
  answer = async ({ connection }) => connection.reset();
  const client = await connect(shared, proxy.port);
  client.write("POST /attack/post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  await client.closed;
  expect(statusOf(client.received)).toBe(502);
  expect(origin.heard.slice(before).length).toBe(1);
});
