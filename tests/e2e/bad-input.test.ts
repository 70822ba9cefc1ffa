import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { outcome, type RunningProxy, startProxy } from "./proxy.ts";
import { connect, contentOf, exchange, fieldsOf, type RawOrigin, rawOrigin, statusOf } from "./raw.ts";

const shared = cleanup();
let stub: RawOrigin;
let proxy: RunningProxy;

/** Answers with the target that it was asked for; cacheable, so that what is mixed up stays so. */
beforeAll(async () => {
  stub = await rawOrigin(shared, (connection, head) => {
    const [, target = ""] = head.split(" ");
    const fields = `Connection: close\r\nCache-Control: max-age=60\r\nContent-Length: ${target.length}`;
    connection.end(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${head.startsWith("HEAD") ? "" : target}`);
  });
  proxy = await startProxy(shared, stub.url);
  expect(await outcome(proxy, "/clean")).toEqual(["MISS", "/clean"]);
});

/** Whatever was sent: what is stored is what it was, and a new request gets its own answer. */
afterEach(async () => {
  expect(await outcome(proxy, "/clean")).toEqual(["HIT", "/clean"]);
  const path = `/new?${crypto.randomUUID()}`;
  expect(await outcome(proxy, path)).toEqual(["MISS", path]);
  expect(await outcome(proxy, path)).toEqual(["HIT", path]);
});

const send = (message: string) => exchange(proxy.port, message);
const CLOSE = "Connection: close\r\n";

/** Sends and expects a refusal that the origin hears nothing of. */
async function refused(message: string): Promise<string> {
  const asked = stub.heads.length;
  const response = await send(message);
  expect(statusOf(response)).toBe(400);
  expect(stub.heads).toHaveLength(asked);
  return response;
}

describe("Host", () => {
  test.each([
    ["twice", "Host: a.example\r\nHost: b.example\r\n"],
    ["twice the same", "Host: localhost\r\nHost: localhost\r\n"],
    ["as a list", "Host: a.example, b.example\r\n"],
    ["absent", ""],
    ["empty", "Host:\r\n"],
    ["with a path", "Host: a.example/path\r\n"],
    ["with a query", "Host: a.example?x\r\n"],
    ["with a fragment", "Host: a.example#x\r\n"],
    ["with a user", "Host: user@a.example\r\n"],
    ["with an empty user", "Host: @a.example\r\n"],
    ["with a space", "Host: a b\r\n"],
    ["with a port that is none", "Host: a.example:99999\r\n"],
    ["with a backslash", "Host: a.example\\b\r\n"],
    ["of garbage", "Host: <>^|\r\n"],
  ])("%s: 400", async (_, host) => {
    await refused(`GET /clean HTTP/1.1\r\n${CLOSE}${host}\r\n`);
  });

  test("of another name has entries of its own", async () => {
    const response = await send(`GET /clean HTTP/1.1\r\nHost: evil.example\r\n${CLOSE}\r\n`);
    expect(fieldsOf(response).get("x-cache")).toBe("MISS");
    expect(fieldsOf(stub.heads.at(-1) ?? "").get("x-forwarded-host")).toBe("evil.example");
  });
});

describe("framing", () => {
  const post = `POST /post HTTP/1.1\r\nHost: localhost\r\n${CLOSE}`;
  const smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

  test.each([
    ["the same length twice in a list", "Content-Length: 5, 5\r\n\r\nhello"],
    ["the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"],
    ["two lengths", `Content-Length: 5\r\nContent-Length: 55\r\n\r\nhello${smuggled}`],
    ["a length that is none", "Content-Length: 0x5\r\n\r\nhello"],
    ["a signed length", "Content-Length: +5\r\n\r\nhello"],
    ["a negative length", "Content-Length: -5\r\n\r\nhello"],
    ["length and chunks", `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ["chunks and length", `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`],
    ["a coding that nobody knows", `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ["chunked not last", `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`],
    ["white space before the colon", `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ["a folded line", `X-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n${smuggled}`],
    ["a bare line feed in the fields", `X-A: 1\nTransfer-Encoding: chunked\r\n\r\n${smuggled}`],
    ["a chunk size that is none", `Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n`],
  ])("%s: refused, and nothing is smuggled", async (_, rest) => {
    const response = await send(`${post}${rest}`);
    expect(statusOf(response)).toBe(400);
    expect(response.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(stub.heads.join("")).not.toContain("/smuggled");
  });

  test("pipelined requests get their own answers or, since Bun hangs up while the first waits, none", async () => {
    const [one, two] = ["one", "two"].map((name) => `/${name}?${crypto.randomUUID()}`);
    const response = await send(
      `GET ${one} HTTP/1.1\r\nHost: localhost\r\n\r\nGET ${two} HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`,
    );
    const answers = response.split(/(?=HTTP\/1\.1 )/).map(contentOf);
    expect([[""], [one], [one, two]]).toContainEqual(answers);
    // Each has its own entry, or none.
    for (const path of [one, two]) expect((await outcome(proxy, path ?? ""))[1]).toBe(path ?? "");
  });

  test("the body of a GET does not become a request", async () => {
    await send(
      `GET /with-body HTTP/1.1\r\nHost: localhost\r\n${CLOSE}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    );
    expect(stub.heads.join("")).not.toContain("/smuggled");
  });
});

describe("the target", () => {
  const get = (target: string) => send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`);

  test.each(["//evil.example/path", "//evil.example", "///evil.example", "/\\evil.test", "/..//evil.invalid"])(
    "%s goes to our origin and nowhere else",
    async (target) => {
      const before = stub.heads.length;
      const response = await get(target);
      expect(statusOf(response)).toBe(200);
      expect(stub.heads.length).toBe(before + 1);
      expect(fieldsOf(stub.heads.at(-1) ?? "").get("host")).toBe(`127.0.0.1:${stub.port}`);
    },
  );

  test("//evil has an entry of its own only where the origin is asked for it", async () => {
    const [one, two] = [contentOf(await get("/twin")), contentOf(await get("//twin"))];
    expect(one).toBe("/twin");
    // What the origin sees is what the entry says.
    expect(two).toBe(stub.heads.at(-1)?.split(" ")[1] ?? "");
  });

  test("in absolute form: its authority is not where we go", async () => {
    for (const target of [
      "http://evil.example/absolute",
      "https://evil.example/absolute",
      "http://evil.example:1/absolute",
    ]) {
      const response = await get(target);
      expect([200, 400]).toContain(statusOf(response));
      if (statusOf(response) === 200) expect(contentOf(response)).toBe("/absolute");
    }
  });

  test.each(["evil.example:80", "evil.example:80/path", "evil.example"])(
    "CONNECT %s opens no tunnel",
    async (target) => {
      const asked = stub.heads.length;
      const response = await send(`CONNECT ${target} HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`);
      expect([400, 501]).toContain(statusOf(response));
      expect(stub.heads).toHaveLength(asked);
    },
  );

  test("with a fragment: it is cut, for key and origin", async () => {
    expect(contentOf(await get("/cut?x=1#one"))).toBe("/cut?x=1");
    const hit = await get("/cut?x=1#two");
    expect([fieldsOf(hit).get("x-cache"), contentOf(hit)]).toEqual(["HIT", "/cut?x=1"]);
  });

  test("with bytes that are not UTF-8: passed on, never stored, and never an answer to others", async () => {
    for (const target of ["/raw-\xff", "/raw-\xfe", "/raw-\xff", "/raw-%EF%BF%BD", "/q?x=\xff", "/q?x=\xff"]) {
      const fields = fieldsOf(await get(target));
      expect(fields.get("x-cache")).toBe("BYPASS");
      expect(fields.get("cache-status")).toEndWith("detail=ambiguous-url");
    }
  });

  test.each(["*", "evil", "evil.example:80", ""])("%j is none", async (target) => {
    const asked = stub.heads.length;
    expect(statusOf(await get(target))).not.toBe(200);
    expect(stub.heads).toHaveLength(asked);
  });
});

describe("other noise", () => {
  test.each([
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
    ["a line that is no request", "hello\r\n\r\n"],
    ["HTTP/9.9", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"],
    ["a field without a name", `GET /noise HTTP/1.1\r\nHost: localhost\r\n${CLOSE}: x\r\n\r\n`],
    ["a NUL in a field", `GET /noise HTTP/1.1\r\nHost: localhost\r\n${CLOSE}X-A: a\0b\r\n\r\n`],
    [
      "a header section of a megabyte",
      `GET /noise HTTP/1.1\r\nHost: localhost\r\nX-A: ${"x".repeat(1024 * 1024)}\r\n\r\n`,
    ],
  ])("%s never reaches the origin", async (_, message) => {
    const asked = stub.heads.length;
    const raw = await connect(shared, proxy.port);
    raw.end(message);
    await raw.closed;
    expect(raw.received).not.toContain("HTTP/1.1 200");
    expect(stub.heads).toHaveLength(asked);
  });
});
