import { expect, test } from "bun:test";
import { entriesIn } from "../../src/har/archive.ts";
import type { ReadEntry } from "../../src/har/exchange.ts";
import { readEntry } from "../../src/har/read-entry.ts";

async function sample(name: string): Promise<readonly ReadEntry[]> {
  const text = await Bun.file(new URL(`samples/${name}.har`, import.meta.url)).text();
  return entriesIn(text).map((entry, i) => readEntry(entry, i + 1));
}

/** What became of each entry, in a line. */
function told(read: ReadEntry): string {
  if (read.type === "unreadable") return `${read.number} ${read.reason}: ${read.why}`;
  const { request, response } = read.exchange;
  const fields = ["content-type", "content-encoding", "etag", "set-cookie"].flatMap((name) =>
    response.fields.has(name) ? [response.fields.get(name)] : [],
  );
  const text = Buffer.from(response.content).toString("latin1");
  const url = request.url.href.replace("https://shop.example", "");
  return [read.exchange.number, request.method, url, response.status, ...fields, JSON.stringify(text)].join(" ");
}

const PNG = JSON.stringify("\x89PNG\r\n\x1a\n\0\0\0\rIHDR");

test("Chrome's", async () => {
  expect((await sample("chrome")).map(told)).toEqual([
    `1 GET /api/products/1 200 application/json; charset=utf-8 W/"v1" ${JSON.stringify('{"id":1,"name":"Kase","price":"3,20 E"}')}`,
    `2 GET /logo.png 200 image/png ${PNG}`,
    '3 GET /old 301 ""',
    "4 no-content: its content of 5120 bytes is not in the archive",
    "5 no-response: it got no response (net::ERR_BLOCKED_BY_CLIENT)",
    '6 GET /fresh 304 "v1" ""',
    '7 POST /api/cart 201 application/json "{\\"items\\":1}"',
    expect.stringMatching(/^8 not-http: data:image\/png;base64,.+ is not fetched by HTTP$/),
    '9 GET https://cdn.elsewhere.example/lib.js 200 text/javascript "1"',
    '10 GET /session 200 text/plain a=1; Path=/, b=2; Secure "in"',
    "11 websocket: it is a WebSocket, of which nothing is kept",
  ]);
});

test("Chrome's: pseudo-header fields, cookies in one value, what was posted, WebSocket messages", async () => {
  const read = await sample("chrome");
  const [first, , , , , , posted, , , cookies, socket] = read.map((one) =>
    one.type === "exchange" ? one.exchange : one,
  );
  if (first === undefined || !("request" in first)) throw new Error("the first is an exchange");
  expect([...first.request.fields.keys()]).toEqual(["accept", "accept-encoding", "cache-control"]);
  expect(first.times).toEqual({
    asked: Date.UTC(2026, 10, 20, 9, 15, 2, 123),
    came: Date.UTC(2026, 10, 20, 9, 15, 2, 166),
  });
  expect(posted).toMatchObject({ request: { content: new TextEncoder().encode('{"add":1}') } });
  if (cookies === undefined || !("response" in cookies)) throw new Error("that one is an exchange, too");
  expect(cookies.response.fields.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Secure"]);
  expect(socket?.messages).toBe(2);
});

test("Firefox's", async () => {
  expect((await sample("firefox")).map(told)).toEqual([
    '1 GET /api/products/2 200 application/json "{\\"id\\":2}"',
    '2 GET /latin 200 text/html;charset=utf-8 W/"l1" "KÃ¤se"',
    `3 GET /font.woff2 200 font/woff2 ${PNG}`,
    "4 no-content: 8999984 of the 9000000 bytes of its content are not in the archive",
    "5 no-response: it got no response",
  ]);
});

test("mitmproxy's", async () => {
  expect((await sample("mitmproxy")).map(told)).toEqual([
    '1 GET /api/products/3 200 application/json "{\\"id\\":3}"',
    `2 GET /logo.gif 200 image/gif ${PNG}`,
    "3 no-response: it got no response (client disconnected)",
    "4 websocket: it is a WebSocket, of which nothing is kept",
  ]);
});

test("Safari's and Charles's", async () => {
  expect((await sample("safari")).map(told)).toEqual([
    '1 GET /api/products/4 200 application/json "{\\"id\\":4}"',
    "2 no-response: it got no response",
  ]);
  expect((await sample("charles")).map(told)).toEqual(['1 GET /api/products/5 200 application/json "{\\"id\\":5}"']);
});
