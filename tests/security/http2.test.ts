import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { cleanup } from "../e2e/cleanup.ts";
import { type RunningProxy, startProxy } from "../e2e/proxy.ts";
import { authority, certificateFor, tlsFlags } from "../tls/files.ts";
import {
  block,
  CONTINUATION,
  connectHttp2,
  DATA,
  END_HEADERS,
  END_STREAM,
  type Frame,
  frame,
  GOAWAY,
  HEADERS,
  PING,
  type RawHttp2,
  RST_STREAM,
  SETTINGS,
} from "./http2-client.ts";
import { type KeptOrigin, keptOrigin } from "./victim.ts";

/**
 * HTTP/2 is told on as HTTP/1.1: what its frames may hold, and no line of HTTP/1.1 may, must not become one (RFC 9113 §8.2, §10.3). And what
 * costs a client a frame must not cost us much more.
 */
const shared = cleanup();
const LARGE = "x".repeat(2_000_000);
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
let origin: KeptOrigin;
let proxy: RunningProxy;

beforeAll(async () => {
  origin = await keptOrigin(shared, ({ target }) =>
    target === "/large"
      ? `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: ${LARGE.length}\r\n\r\n${LARGE}`
      : undefined,
  );
  const { flags } = tlsFlags(shared, await certificateFor("localhost", "127.0.0.1"));
  proxy = await startProxy(shared, origin.url, `${flags} --log off --max-size 16mb`);
  expect(await asked("/clean")).toEqual(["MISS", "/clean"]);
});

afterEach(async () => {
  expect(await asked("/clean")).toEqual(["HIT", "/clean"]);
  for (const _ of ["new", "newer"]) {
    const path = `/new?${crypto.randomUUID()}`;
    expect(await asked(path)).toEqual(["MISS", path]);
    expect(await asked(path)).toEqual(["HIT", path]);
  }
  expect(origin.garbage).toEqual([]);
  expect(origin.heard.filter(({ head }) => /smuggled|x-evil/i.test(head))).toEqual([]);
});

type Fields = readonly (readonly [string, string])[];

const LINE: Fields = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "localhost"],
  [":path", "/attack"],
];
/** The request line with another value in it. */
const line = (name: string, value: string): Fields => LINE.map((field) => (field[0] === name ? [name, value] : field));
const without = (name: string): Fields => LINE.filter(([each]) => each !== name);

/** A clean client's request, on connections of its own. */
async function asked(path: string): Promise<[string, string]> {
  const response = await fetch(`https://localhost:${proxy.port}${path}`, { tls: { ca: authority.cert } });
  return [response.headers.get("x-cache") ?? "none", await response.text()];
}

/** A request on the first stream; one of no content ends with its header section. */
const sent = (fields: Fields, content = ""): Buffer =>
  Buffer.concat([
    frame(HEADERS, END_HEADERS | (content === "" ? END_STREAM : 0), 1, block(fields)),
    ...(content === "" ? [] : [frame(DATA, END_STREAM, 1, Buffer.from(content, "latin1"))]),
  ]);

/** Each with a content: `done` of Bun would stand in the place of one that is absent. */
const cases = (each: readonly (readonly [string, Fields, string?])[]): [string, Fields, string][] =>
  each.map(([name, fields, content = ""]) => [name, fields, content]);

const isEnd = ({ type, flags, stream }: Frame): boolean =>
  type === GOAWAY || (stream === 1 && (type === RST_STREAM || (flags & END_STREAM) !== 0));
const contentIn = ({ frames }: RawHttp2): string =>
  Buffer.concat(frames.flatMap(({ type, payload }) => (type === DATA ? [payload] : []))).toString("latin1");
const connected = (): Promise<RawHttp2> => connectHttp2(shared, proxy.port, authority.cert);

describe("what would be another line or another request in HTTP/1.1 is refused, and nobody asks the origin", () => {
  test.each(
    cases([
      ["a transfer coding", [...line(":method", "POST"), ["transfer-encoding", "chunked"]], `0\r\n\r\n${SMUGGLED}`],
      ["a length that is too small", [...line(":method", "POST"), ["content-length", "3"]], `abc${SMUGGLED}`],
      ["a length that is too great", [...line(":method", "POST"), ["content-length", "300"]], "hello"],
      ["two lengths", [...line(":method", "POST"), ["content-length", "5"], ["content-length", "0"]], "hello"],
      ["a length that is a list", [...line(":method", "POST"), ["content-length", "5, 5"]], "hello"],
      ["a line break in a value", [...LINE, ["x-a", `b\r\nx-evil: 1\r\n\r\n${SMUGGLED}`]]],
      ["a line feed in a value", [...LINE, ["x-a", "b\nx-evil: 1"]]],
      ["a NUL in a value", [...LINE, ["x-a", "b\0c"]]],
      ["a line break in a name", [...LINE, ["x-a: b\r\nx-evil", "1"]]],
      ["a colon in a name", [...LINE, ["x-a: b", "1"]]],
      ["a space in a name", [...LINE, ["x a", "1"]]],
      ["a name in capitals", [...LINE, ["X-A", "1"]]],
      ["a name of nothing", [...LINE, ["", "1"]]],
      ["Connection", [...LINE, ["connection", "x-a"], ["x-a", "1"]]],
      ["Upgrade", [...LINE, ["connection", "upgrade"], ["upgrade", "websocket"]]],
      ["TE", [...LINE, ["te", "gzip"]]],
      ["a Host that is not :authority", [...LINE, ["host", "evil.example"]]],
      ["no path", without(":path")],
      ["no authority", without(":authority")],
      ["two paths", [...LINE, [":path", "/other"]]],
      ["a pseudo-field behind others", [...without(":path"), ["x-a", "1"], [":path", "/other"]]],
      ["a pseudo-field that nobody knows", [[":evil", "1"], ...LINE]],
      ["a pseudo-field of responses", [...LINE, [":status", "200"]]],
      ["a line break in the path", line(":path", `/a HTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}X-A: `)],
      ["a space in the path", line(":path", "/a b")],
      ["a NUL in the path", line(":path", "/a\0b")],
      ["a path without a slash", line(":path", "attack")],
      ["an empty path", line(":path", "")],
      ["a path in absolute form", line(":path", "http://evil.example/attack")],
      ["a path of *", line(":path", "*")],
      ["a line break in the method", line(":method", `GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\nGET`)],
      ["a space in the method", line(":method", "GET /smuggled")],
      ["a line break in the authority", line(":authority", "localhost\r\nx-evil: 1")],
      ["a user in the authority", line(":authority", "a@evil.example")],
      ["a WebSocket by CONNECT", [...line(":method", "CONNECT"), [":protocol", "websocket"]]],
    ]),
  )("%s", async (_, fields, content) => {
    const before = origin.heard.length;
    const client = await connected();
    client.write(sent(fields, content));
    expect([RST_STREAM, GOAWAY]).toContain((await client.until(isEnd))?.type ?? GOAWAY);
    expect(origin.heard.length).toBe(before);
  });

  test.each<[string, Fields]>([
    ["CONNECT", [...without(":path").filter(([name]) => name === ":authority"), [":method", "CONNECT"]]],
    ["an authority with a path", line(":authority", "evil.example/attack")],
  ])("%s: with a 400 or 404", async (_, fields) => {
    const before = origin.heard.length;
    const client = await connected();
    client.write(sent(fields));
    const head = await client.until(({ type, stream }) => type === HEADERS && stream === 1);
    // `:status` 400 and 404 of HPACK's own table.
    expect([0x8c, 0x8d]).toContain(head?.payload.at(0) ?? 0);
    expect(origin.heard.length).toBe(before);
  });
});

describe("what has one meaning is answered", () => {
  test.each<[string, Fields, string, string]>([
    ["a GET with content", [...line(":path", "/get"), ["content-length", "5"]], "/get", "hello"],
    ["a fragment", line(":path", "/fragment#b"), "/fragment", ""],
    ["another host behind two slashes", line(":path", "//evil.example/x"), "/evil.example/x", ""],
    ["another scheme", line(":scheme", "file"), "/attack", ""],
    ["a URL as the scheme", line(":scheme", "https://a/?"), "/attack", ""],
  ])("%s", async (_, fields, target, content) => {
    const client = await connected();
    client.write(sent(fields, content));
    await client.until(isEnd);
    expect(contentIn(client)).toBe(target);
  });
});

describe("what costs a client little costs us little", () => {
  const MOST_MB = 600;
  const megabytes = (): number =>
    process.platform === "linux"
      ? Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${proxy.pid}/status`, "utf8"))?.[1]) / 1024
      : 0;
  /** A field of 4 KB that HPACK is to remember, as `be` (RFC 7541 §6.2.1). */
  const remembered = Buffer.concat([
    Buffer.from([0x40, 3]),
    Buffer.from("x-a"),
    Buffer.of(127, 161, 30),
    Buffer.alloc(4000, "z"),
  ]);
  const bomb = (stream: number): Buffer =>
    frame(
      HEADERS,
      END_HEADERS | END_STREAM,
      stream,
      Buffer.concat([block(LINE), remembered, Buffer.alloc(12_000, 0xbe)]),
    );

  test.each<[string, () => Buffer]>([
    [
      "streams that are reset as they begin",
      () =>
        Buffer.concat(
          Array.from({ length: 1000 }, (_, i) => [
            frame(HEADERS, END_HEADERS | END_STREAM, 1 + 2 * i, block(line(":path", `/reset/${i}`))),
            frame(RST_STREAM, 0, 1 + 2 * i, Buffer.of(0, 0, 0, 8)),
          ]).flat(),
        ),
    ],
    [
      "a header section without end",
      () =>
        Buffer.concat([
          frame(HEADERS, END_STREAM, 1, block(LINE)),
          ...Array.from({ length: 1000 }, (_, i) => frame(CONTINUATION, 0, 1, block([[`x-${i}`, "y".repeat(1000)]]))),
        ]),
    ],
    [
      "a header section of nothing, without end",
      () =>
        Buffer.concat([
          frame(HEADERS, END_STREAM, 1, block(LINE)),
          ...Array.from({ length: 20_000 }, () => frame(CONTINUATION, 0, 1)),
        ]),
    ],
    ["48 MB of fields in 16 KB", () => bomb(1)],
    ["many of those", () => Buffer.concat(Array.from({ length: 100 }, (_, i) => bomb(1 + 2 * i)))],
    [
      "pings and settings",
      () =>
        Buffer.concat(
          Array.from({ length: 20_000 }, () => [frame(PING, 0, 0, Buffer.alloc(8)), frame(SETTINGS, 0, 0)]).flat(),
        ),
    ],
    [
      "answers of 2 MB that nobody takes",
      () =>
        Buffer.concat([
          frame(SETTINGS, 0, 0, Buffer.of(0, 4, 0, 0, 0, 0)),
          ...Array.from({ length: 50 }, (_, i) =>
            frame(HEADERS, END_HEADERS | END_STREAM, 1 + 2 * i, block(line(":path", "/large"))),
          ),
        ]),
    ],
    ["a frame that is larger than may be", () => frame(DATA, 0, 1, Buffer.alloc(1_000_000))],
  ])("%s", async (_, bytes) => {
    const client = await connected();
    client.write(bytes());
    // What is behind it has been read once this is, or the connection is closed for it.
    const last = Buffer.from("the last");
    client.write(frame(PING, 0, 0, last));
    await client.until(({ type, payload }) => type === GOAWAY || (type === PING && payload.equals(last)));
    expect(await asked("/clean")).toEqual(["HIT", "/clean"]);
    expect(megabytes()).toBeLessThan(MOST_MB);
    client.socket.destroy();
  });
});
