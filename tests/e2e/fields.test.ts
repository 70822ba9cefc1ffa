import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { type RunningProxy, startProxy } from "./proxy.ts";
import { contentOf, exchange, fieldsOf, type RawOrigin, rawOrigin, statusOf } from "./raw.ts";

const shared = cleanup();
let stub: RawOrigin;
let proxy: RunningProxy;
let trusting: RunningProxy;

/** What the origin answers with, by path; the body is `hello` in each. */
const ANSWERS: Readonly<Record<string, string>> = {
  "/plain": "Content-Length: 5\r\n",
  "/hops":
    `Content-Length: 5\r\nCache-Control: max-age=60\r\nConnection: close, X-Own, x-other\r\nX-Own: 1\r\nX-Other: 2\r\nX-Kept: 3
Keep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nProxy-Connection: close\r\nUpgrade: h2c\r\nTrailer: X-Sum\r\n`.replaceAll(
      /\r?\n/g,
      "\r\n",
    ),
  "/cookies":
    "Content-Length: 5\r\nCache-Control: public, max-age=60\r\nSet-Cookie: a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT\r\nSet-Cookie: b=2\r\nSet-Cookie: a=3\r\n",
  "/via": "Content-Length: 5\r\nVia: 1.0 inner\r\n",
  "/lookalike": "Content-Length: 5\r\nX-Cache: HIT from inner\r\nCache-Status: inner; hit\r\n",
};

beforeAll(async () => {
  stub = await rawOrigin(shared, (connection, head) => {
    const path = head.split(" ")[1] ?? "";
    connection.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n${ANSWERS[path] ?? ANSWERS["/plain"]}\r\nhello`);
  });
  [proxy, trusting] = await Promise.all([
    startProxy(shared, stub.url),
    startProxy(shared, stub.url, "--trust-forwarded"),
  ]);
});

async function ask(path: string, fields: string, through = proxy): Promise<string> {
  const request = `GET ${path} HTTP/1.1\r\nHost: localhost:${through.port}\r\n${fields}`;
  const closing = /^Connection:/im.test(fields) ? request : `${request}Connection: close\r\n`;
  return exchange(through.port, `${closing}\r\n`);
}

/** The fields that the origin got for a request. */
async function forwarded(fields: string, through = proxy): Promise<Headers> {
  // A query of its own: nothing is answered from the cache.
  await ask(`/plain?${crypto.randomUUID()}`, fields, through);
  return fieldsOf(stub.heads.at(-1) ?? "");
}

describe("to the origin", () => {
  test("hop-by-hop fields stay behind, also those that Connection names", async () => {
    const got = await forwarded(
      "Connection: close, X-Own, x-other\r\nX-Own: 1\r\nX-Other: 2\r\nX-Kept: 3\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\n" +
        "Proxy-Authorization: Basic eDp5\r\nProxy-Connection: keep-alive\r\nUpgrade: h2c\r\nTrailer: X-Sum\r\n",
    );
    expect(got.get("x-kept")).toBe("3");
    const gone = [
      "x-own",
      "x-other",
      "keep-alive",
      "te",
      "proxy-authorization",
      "proxy-connection",
      "upgrade",
      "trailer",
    ];
    expect(gone.filter((name) => got.has(name))).toEqual([]);
    expect(got.get("connection") ?? "keep-alive").toBe("keep-alive");
    // Our connections to the origin stay open, whatever the client does with its own.
    expect((await forwarded("Connection: close\r\n")).get("connection") ?? "keep-alive").toBe("keep-alive");
  });

  test("each hop-by-hop field alone stays behind too", async () => {
    for (const field of [
      "Keep-Alive: timeout=5",
      "Proxy-Connection: keep-alive",
      "Upgrade: h2c",
      "Trailer: X-Sum",
      "TE: trailers",
    ]) {
      const [name = ""] = field.split(":");
      expect([name, (await forwarded(`${field}\r\n`)).get(name)]).toEqual([name, null]);
    }
  });

  test("Connection cannot take away what the cache or the route rests on", async () => {
    const got = await forwarded("Connection: close, Host, Cache-Control\r\nCache-Control: no-cache\r\n");
    expect(got.get("host")).toBe(`127.0.0.1:${stub.port}`);
    expect(got.get("cache-control")).toBe("no-cache");
  });

  test("Host is the origin's, Via and X-Forwarded-* are ours", async () => {
    const got = await forwarded("");
    expect(got.get("host")).toBe(`127.0.0.1:${stub.port}`);
    expect(got.get("via")).toBe("1.1 caching-proxy");
    expect(got.get("x-forwarded-for")).toBe("127.0.0.1");
    expect(got.get("x-forwarded-host")).toBe(`localhost:${proxy.port}`);
    expect(got.get("x-forwarded-proto")).toBe("http");
  });

  const CLAIMS =
    "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 1\r\n" +
    "Forwarded: for=203.0.113.9\r\nX-Real-IP: 203.0.113.9\r\nX-Original-URL: /admin\r\nVia: 1.0 outer\r\n";

  test("what a client claims of itself is replaced", async () => {
    const got = await forwarded(CLAIMS);
    expect([...got.values()].join("\n")).not.toMatch(/203\.0\.113\.9|evil|https|\/admin/);
    expect(got.has("x-forwarded-port")).toBe(false);
    expect(got.get("x-forwarded-for")).toBe("127.0.0.1");
    expect(got.get("via")).toBe("1.0 outer, 1.1 caching-proxy");
  });

  test("with --trust-forwarded it is kept and added to", async () => {
    const got = await forwarded(CLAIMS, trusting);
    expect(got.get("x-forwarded-for")).toBe("203.0.113.9, 127.0.0.1");
    expect(got.get("x-forwarded-host")).toBe("evil.example");
    expect(got.get("x-forwarded-proto")).toBe("https");
    expect(got.get("forwarded")).toBe("for=203.0.113.9");
  });

  test("Accept-Encoding is the client's own, or absent", async () => {
    expect((await forwarded("Accept-Encoding: br;q=0.5, x-odd\r\n")).get("accept-encoding")).toBe("br;q=0.5, x-odd");
    expect((await forwarded("")).get("accept-encoding")).toBeNull();
  });
});

describe("to the client", () => {
  test("hop-by-hop fields stay behind on MISS and HIT, also those that Connection names", async () => {
    for (const outcome of ["MISS", "HIT"]) {
      const got = fieldsOf(await ask("/hops", ""));
      expect(got.get("x-cache")).toBe(outcome);
      expect(got.get("x-kept")).toBe("3");
      const gone = ["x-own", "x-other", "keep-alive", "proxy-authenticate", "proxy-connection", "upgrade", "trailer"];
      expect(gone.filter((name) => got.has(name))).toEqual([]);
    }
  });

  test("several Set-Cookie are kept apart, in their order, on MISS and HIT", async () => {
    for (const outcome of ["MISS", "HIT"]) {
      const response = await ask("/cookies", "");
      expect(fieldsOf(response).get("x-cache")).toBe(outcome);
      const cookies = response.split("\r\n").filter((line) => /^set-cookie:/i.test(line));
      expect(cookies.map((line) => line.slice("set-cookie: ".length))).toEqual([
        "a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT",
        "b=2",
        "a=3",
      ]);
    }
  });

  test("the origin's own X-Cache gives way to ours, its Cache-Status comes first", async () => {
    const got = fieldsOf(await ask("/lookalike", ""));
    expect(got.get("x-cache")).toBe("MISS");
    expect(got.get("cache-status")).toMatch(/^inner; hit, caching-proxy; fwd=uri-miss/);
  });

  test("there is one Date and one Content-Length, and the content is what it was", async () => {
    const response = await ask("/plain", "");
    expect(statusOf(response)).toBe(200);
    expect(fieldsOf(response).get("content-length")).toBe("5");
    expect(response.match(/^date:/gim)).toHaveLength(1);
    expect(contentOf(response)).toBe("hello");
  });
});
