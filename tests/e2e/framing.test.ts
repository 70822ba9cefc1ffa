import { beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { cleanup } from "./cleanup.ts";
import { ask, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { connect, contentOf, exchange, fieldsOf, type RawOrigin, rawOrigin, statusOf } from "./raw.ts";

const shared = cleanup();
const zipped = gzipSync("hello ".repeat(100));
const large = "0123456789abcdef".repeat(16 * 1024);

const ANSWERS: Readonly<Record<string, string>> = {
  "/both":
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "/chunked":
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "/gzip-in-chunks":
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "/identity": "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: identity\r\n\r\nhello",
  "/small":
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
  "/large": `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Type: text/plain\r\nContent-Length: ${large.length}\r\n\r\n${large}`,
  "/untyped": "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nhello",
  "/untyped-chunked":
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "/untyped-json": "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\n{}",
  "/untyped-large": `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: ${large.length}\r\n\r\n${large}`,
  "/empty": "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 0\r\n\r\n",
  "/zipped": `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nETag: "z"\r\nContent-Length: ${zipped.length}\r\n\r\n${zipped.toString("latin1")}`,
  "/odd-coding":
    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Encoding: x-odd\r\nContent-Length: 5\r\n\r\n\x00\xff\xfe\x80\x01",
  "/untyped-cut": `HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\nabc`,
  "/untyped-huge-cut": `HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n${large}`,
  "/untyped-chunked-cut": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
  "/204": "HTTP/1.1 204 No Content\r\nCache-Control: max-age=60\r\n\r\n",
  "/404": "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\ngone",
  "/503": "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy",
};
for (const status of [301, 302, 303, 307, 308]) {
  Object.assign(ANSWERS, {
    [`/${status}`]: `HTTP/1.1 ${status} Moved\r\nLocation: /small?from=${status}\r\nContent-Length: 5\r\n\r\nmoved`,
  });
}

const LENGTHS: Readonly<Record<string, string>> = {
  "/untyped": "5",
  "/untyped-chunked": "5",
  "/untyped-json": "2",
  "/untyped-large": String(large.length),
};

let stub: RawOrigin;
let proxy: RunningProxy;
let based: RunningProxy;

beforeAll(async () => {
  stub = await rawOrigin(shared, (connection, head) => {
    const path = (head.split(" ")[1] ?? "").replace(/^\/base\/v1/, "").replace(/\?.*/, "");
    connection.end(
      ANSWERS[path]?.replace("\r\n", "\r\nConnection: close\r\n") ??
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    );
  });
  [proxy, based] = await Promise.all([startProxy(shared, stub.url), startProxy(shared, `${stub.url}/base/v1/`)]);
});

const raw = (path: string) =>
  exchange(proxy.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`);

describe("framing is rebuilt", () => {
  test("a length beside chunks is a lie: never passed on, on MISS or HIT", async () => {
    for (const expected of ["MISS", "HIT"]) {
      const response = await raw("/both");
      const fields = fieldsOf(response);
      expect(fields.get("x-cache")).toBe(expected);
      // Bun counts a body that is there at once and sends it with its true length, else in chunks.
      expect(fields.get("content-length") ?? fields.get("transfer-encoding")).toMatch(/^(5|chunked)$/);
      expect(fields.has("content-length") && fields.has("transfer-encoding")).toBe(false);
      expect(await outcome(proxy, "/both")).toEqual(["HIT", "hello"]);
    }
  });

  test("a chunked body gains its length on a HIT", async () => {
    expect(await outcome(proxy, "/chunked")).toEqual(["MISS", "hello"]);
    const response = await raw("/chunked");
    expect(fieldsOf(response).get("x-cache")).toBe("HIT");
    expect(fieldsOf(response).get("content-length")).toBe("5");
    expect(fieldsOf(response).has("transfer-encoding")).toBe(false);
    expect(contentOf(response)).toBe("hello");
  });

  test("a small body keeps its length on MISS and HIT", async () => {
    for (const expected of ["MISS", "HIT"]) {
      const response = await raw("/small");
      expect(fieldsOf(response).get("x-cache")).toBe(expected);
      expect(fieldsOf(response).get("content-length")).toBe("5");
      expect(contentOf(response)).toBe("hello");
    }
  });

  test("a large body arrives whole, with its length on a HIT", async () => {
    expect(await outcome(proxy, "/large")).toEqual(["MISS", large]);
    const response = await raw("/large");
    expect(fieldsOf(response).get("x-cache")).toBe("HIT");
    expect(fieldsOf(response).get("content-length")).toBe(String(large.length));
    expect(contentOf(response) === large).toBe(true);
  });

  test("RFC 9110 §9.3.2: HEAD claims no length that nobody knows", async () => {
    const head = async (path: string) =>
      fieldsOf(
        await exchange(
          proxy.port,
          `HEAD ${path} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: close\r\n\r\n`,
        ),
      );
    const unknown = await head("/chunked?unseen");
    expect([unknown.get("x-cache"), unknown.get("content-length"), unknown.get("transfer-encoding")]).toEqual([
      "MISS",
      null,
      "chunked",
    ]);
    const known = await head("/small?unseen");
    expect([known.get("content-length"), known.get("transfer-encoding")]).toEqual(["5", null]);
    expect(known.get("date")).not.toBeNull();
  });

  test("an empty body and none", async () => {
    for (const [path, status] of [
      ["/empty", 200],
      ["/204", 204],
    ] as const) {
      for (const expected of ["MISS", "HIT"]) {
        const response = await raw(path);
        expect([statusOf(response), fieldsOf(response).get("x-cache"), contentOf(response)]).toEqual([
          status,
          expected,
          "",
        ]);
        expect(fieldsOf(response).get("content-length")).toBe(status === 200 ? "0" : null);
        expect(fieldsOf(response).has("transfer-encoding")).toBe(false);
      }
    }
  });
});

describe("what is absent stays absent", () => {
  test.each(["/untyped", "/untyped-chunked", "/untyped-large", "/untyped-json"])("Content-Type of %s", async (path) => {
    for (const expected of ["MISS", "HIT"]) {
      const fields = fieldsOf(await raw(path));
      expect(fields.get("x-cache")).toBe(expected);
      expect(fields.get("content-type")).toBeNull();
      if (expected === "HIT") expect(fields.get("content-length")).toBe(LENGTHS[path] ?? null);
    }
  });

  test("Age on a MISS, ETag, Last-Modified, Expires", async () => {
    const fields = fieldsOf(await raw("/small?absent"));
    expect(["age", "etag", "last-modified", "expires", "vary"].filter((name) => fields.has(name))).toEqual([]);
  });
});

test("/untyped-cut, without a type, is a 502 where it would have been sent in one piece", async () => {
  expect((await raw("/untyped-cut")).slice(0, 12)).toBe("HTTP/1.1 502");
});

test.each(["/untyped-huge-cut", "/untyped-chunked-cut"])(
  "%s, without a type, ends in a reset, and nothing is printed",
  async (path) => {
    const printed = proxy.stderr.all.length;
    const client = await connect(shared, proxy.port);
    client.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await client.closed;
    expect(client.received).toMatch(/^(HTTP\/1\.1 200 |$)/);
    expect(client.received).not.toContain("\r\n0\r\n\r\n");
    await outcome(proxy, "/404");
    expect(proxy.stderr.all.slice(printed)).toEqual([]);
  },
);

describe("content is not touched", () => {
  test("a content coding passes as it is, on MISS and HIT", async () => {
    for (const expected of ["MISS", "HIT"]) {
      const response = await raw("/zipped");
      expect(fieldsOf(response).get("x-cache")).toBe(expected);
      expect(fieldsOf(response).get("content-encoding")).toBe("gzip");
      expect(fieldsOf(response).get("etag")).toBe('"z"');
      expect(fieldsOf(response).get("content-length")).toBe(String(zipped.length));
      expect(Buffer.from(contentOf(response), "latin1").equals(zipped)).toBe(true);
    }
  });

  test("a coding that nobody knows, too", async () => {
    for (const expected of ["MISS", "HIT"]) {
      const response = await raw("/odd-coding");
      expect(fieldsOf(response).get("x-cache")).toBe(expected);
      expect(fieldsOf(response).get("content-encoding")).toBe("x-odd");
      expect(contentOf(response)).toBe("\x00\xff\xfe\x80\x01");
    }
  });

  test.each([301, 302, 303, 307, 308])("a %d is passed on and not followed", async (status) => {
    const before = stub.heads.length;
    const response = await ask(proxy, `/${status}`);
    expect(response.status).toBe(status);
    expect(response.headers.get("location")).toBe(`/small?from=${status}`);
    expect(await response.text()).toBe("moved");
    expect(stub.heads.length - before).toBe(1);
  });

  test.each([404, 503])("an error of the origin's own (%d) is its own", async (status) => {
    const response = await ask(proxy, `/${status}`);
    expect([response.status, xCache(response)]).toEqual([status, "MISS"]);
    expect(response.headers.get("content-type")).toBe(status === 404 ? "text/html" : null);
    expect(response.headers.get("retry-after")).toBe(status === 503 ? "7" : null);
    expect(await response.text()).toBe(status === 404 ? "gone" : "busy");
  });
});

test("an origin with a base path has it put in front, a trailing slash or not", async () => {
  expect(await outcome(based, "/small?x=1")).toEqual(["MISS", "hello"]);
  expect(stub.heads.at(-1)).toStartWith("GET /base/v1/small?x=1 HTTP/1.1\r\n");
  await outcome(based, "/../../small");
  expect(stub.heads.at(-1)).toStartWith("GET /base/v1/small HTTP/1.1\r\n");
});

test("a transfer coding that nobody asked for is refused: what it packs would pass for the content (RFC 9112 §6.1)", async () => {
  for (const _ of ["first", "second"]) {
    const response = await ask(proxy, "/gzip-in-chunks");
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      cause: "its body is in the transfer coding gzip, which nobody asked for",
    });
  }
});

test("identity, a transfer coding once, leaves the end to the connection: nothing is stored", async () => {
  expect(await outcome(proxy, "/identity")).toEqual(["MISS", "hello"]);
  expect(await outcome(proxy, "/identity")).toEqual(["MISS", "hello"]);
});
