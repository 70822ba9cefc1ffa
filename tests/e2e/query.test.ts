import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { origin, type StubOrigin } from "./origin.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { connect, contentOf, exchange, fieldsOf, rawOrigin, statusOf } from "./raw.ts";

const shared = cleanup();
let stub: StubOrigin;
let proxy: RunningProxy;
let gate = Promise.withResolvers<void>();
let waiting = Promise.withResolvers<void>();

/** The fields are those that the request's `x-answer` asks for, as JSON; the body says what was asked, and how often anything was. */
beforeAll(async () => {
  let count = 0;
  stub = origin(shared, async (request) => {
    const content = await request.text();
    const number = ++count;
    if (request.headers.has("x-wait")) {
      waiting.resolve();
      await gate.promise;
    }
    const answer = JSON.parse(request.headers.get("x-answer") ?? '{"cache-control":"max-age=60"}');
    const { status = 200, ...headers } = answer;
    const current = headers.etag !== undefined && request.headers.get("if-none-match") === headers.etag;
    if (current) return new Response(null, { status: 304, headers });
    const body = `${request.method} ${content.slice(0, 100)} ${number}`;
    if (request.headers.has("range"))
      return new Response(body.slice(0, 2), {
        status: 206,
        headers: { ...headers, "content-range": `bytes 0-1/${body.length}` },
      });
    return new Response(body, { status, headers });
  });
  proxy = await startProxy(shared, stub.url);
});

beforeEach(() => {
  gate = Promise.withResolvers();
  waiting = Promise.withResolvers();
});

type Fields = Readonly<Record<string, string>>;
const JSON_TYPE: Fields = { "content-type": "application/json" };
const querying = (body: string | Uint8Array<ArrayBuffer>, headers: Fields = JSON_TYPE): RequestInit => ({
  method: "QUERY",
  body,
  headers,
});
const query = (path: string, body: string, headers: Fields = JSON_TYPE) =>
  outcome(proxy, path, querying(body, headers));
const answering = (answer: Readonly<Record<string, string | number>>, fields: Fields = {}): Fields => ({
  ...JSON_TYPE,
  "x-answer": JSON.stringify(answer),
  ...fields,
});

describe("RFC 10008 §2.7: a QUERY is answered by what an equal one brought", () => {
  test("MISS, then HIT without a word to the origin", async () => {
    const first = await ask(proxy, "/equal?b=1&a=2", querying("{}"));
    const body = await first.text();
    expect(xCache(first)).toBe("MISS");
    expect(cacheStatus(first)).toMatch(
      /^caching-proxy; fwd=uri-miss; fwd-status=200; stored; ttl=\d+; key="\/equal\?a=2&b=1#QUERY-[\w-]{43}"$/,
    );
    const asked = stub.seen.length;
    expect(await query("/equal?a=2&b=1", "{}", { "content-type": "Application/JSON" })).toEqual(["HIT", body]);
    expect(stub.seen).toHaveLength(asked);
  });

  test("but by no other content, type or coding, and by no other URL", async () => {
    const [, first] = await query("/other", "{}");
    const others = [
      await query("/other", "{ }"),
      await query("/other", ""),
      await query("/other", "{}", { "content-type": "application/jsonpath" }),
      await query("/other", "{}", { ...JSON_TYPE, "content-encoding": "identity" }),
      await query("/other", "{}", { ...JSON_TYPE, "content-language": "en" }),
      await query("/other?x", "{}"),
    ];
    expect(others.map(([cached]) => cached)).toEqual(others.map(() => "MISS"));
    expect(await query("/other", "{}")).toEqual(["HIT", first]);
  });

  test("and never by a GET's response, nor a GET or HEAD by a QUERY's", async () => {
    await query("/apart", "");
    expect((await ask(proxy, "/apart", { method: "HEAD" })).headers.get("x-cache")).toBe("MISS");
    const [cached, got] = await outcome(proxy, "/apart");
    expect([cached, got.startsWith("GET")]).toEqual(["MISS", true]);
    expect(await outcome(proxy, "/apart")).toEqual(["HIT", got]);
    expect((await query("/apart", ""))[1]).toStartWith("QUERY");
  });

  test("No-Vary-Search says nothing of its content", async () => {
    const fields = answering({ "cache-control": "max-age=60", "no-vary-search": 'params=("utm")' });
    const get = await outcome(proxy, "/shared?utm=1", { headers: fields });
    expect(get[0]).toBe("MISS");
    expect(await outcome(proxy, "/shared?utm=2", { headers: fields })).toEqual(["HIT", get[1]]);
    const [cached, queried] = await query("/shared?utm=1", "q", fields);
    expect([cached, queried.startsWith("QUERY")]).toEqual(["MISS", true]);
    expect((await query("/shared?utm=2", "q", fields))[0]).toBe("MISS");
    expect(await query("/shared?utm=1", "q", fields)).toEqual(["HIT", queried]);
    expect(await outcome(proxy, "/shared?utm=3", { headers: fields })).toEqual(["HIT", get[1]]);
  });

  test("Vary is looked at too", async () => {
    const varying = (language: string) =>
      answering({ "cache-control": "max-age=60", vary: "Accept-Language" }, { "accept-language": language });
    await query("/vary", "q", varying("de"));
    expect((await query("/vary", "q", varying("fr")))[0]).toBe("MISS");
    expect((await query("/vary", "q", varying("de")))[0]).toBe("HIT");
  });

  test("a redirect is passed on and stored like a GET's", async () => {
    const fields = answering({ status: 303, location: "/results/1", "cache-control": "max-age=60" });
    for (const cached of ["MISS", "HIT"]) {
      const response = await ask(proxy, "/redirect", querying("q", fields));
      expect([response.status, response.headers.get("location"), xCache(response)]).toEqual([
        303,
        "/results/1",
        cached,
      ]);
      await response.text();
    }
  });

  test.each([
    ["no-store", { "cache-control": "no-store" }],
    ["private", { "cache-control": "private, max-age=60" }],
  ])("%s keeps it out", async (name, answer) => {
    for (let i = 0; i < 2; i++) expect((await query(`/${name}`, "q", answering(answer)))[0]).toBe("MISS");
  });
});

describe("RFC 10008 §2.6, §2.8: conditions and ranges", () => {
  test("a client's copy that is current is a 304 from what is stored", async () => {
    await query("/etag", "q", answering({ etag: '"q"', "cache-control": "max-age=60" }));
    const response = await ask(proxy, "/etag", querying("q", { ...JSON_TYPE, "if-none-match": '"q"' }));
    expect([response.status, xCache(response)]).toEqual([304, "HIT"]);
    expect((await query("/etag", "other", { ...JSON_TYPE, "if-none-match": '"q"' }))[0]).toBe("MISS");
  });

  test("what is stale is validated with the content sent again, and freshened", async () => {
    const fields = answering({ etag: '"v"', "cache-control": "max-age=0" });
    const [, body] = await query("/stale", "q", fields);
    expect(await query("/stale", "q", fields)).toEqual(["REVALIDATED", body]);
    expect(stub.seen.at(-1)?.headers.get("if-none-match")).toBe('"v"');
    expect(stub.seen.at(-1)?.headers.get("content-length")).toBe("1");
  });

  test("a 304 that is about another response has it asked for as a whole, content and all", async () => {
    const raw = await rawOrigin(shared, (connection, head) => {
      const fields = fieldsOf(head);
      const status = fields.has("if-none-match")
        ? '304 Not Modified\r\nETag: "2"'
        : `200 OK\r\nETag: "1"\r\nCache-Control: max-age=0`;
      connection
        .until((text) => contentOf(text) === "q")
        .then(() => connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`));
    });
    const before = await startProxy(shared, raw.url);
    for (let i = 0; i < 2; i++) await (await ask(before, "/", querying("q"))).text();
    expect(raw.heads.map((head) => fieldsOf(head).has("if-none-match"))).toEqual([false, true, false]);
  });

  test("a range is passed on, and a part not stored; what is stored whole answers one", async () => {
    const ranged = { ...JSON_TYPE, range: "bytes=0-1" };
    for (let i = 0; i < 2; i++) {
      const response = await ask(proxy, "/range", querying("q", ranged));
      expect([response.status, await response.text(), xCache(response)]).toEqual([206, "QU", "MISS"]);
    }
    await query("/range", "q");
    const response = await ask(proxy, "/range", querying("q", ranged));
    expect([response.status, await response.text(), xCache(response)]).toEqual([206, "QU", "HIT"]);
  });

  test("If-Match is the origin's to evaluate", async () => {
    const response = await ask(proxy, "/match", querying("q", { ...JSON_TYPE, "if-match": '"x"' }));
    expect(await response.text()).toStartWith("QUERY q ");
    expect(cacheStatus(response)).toEndWith("detail=precondition-for-origin");
  });
});

describe("RFC 9111 §4.4: a change of the URL", () => {
  test("drops what all QUERYs of it brought, and of no other", async () => {
    await query("/items?x=1", "a");
    await query("/items?x=1", "b");
    await query("/items", "a");
    await outcome(proxy, "/items?x=1", { method: "POST", body: "new" });
    expect((await query("/items?x=1", "a"))[0]).toBe("MISS");
    expect((await query("/items?x=1", "b"))[0]).toBe("MISS");
    expect((await query("/items", "a"))[0]).toBe("HIT");
  });

  test("and keeps out what was asked for before it", async () => {
    const slow = ask(proxy, "/slow", querying("a", { ...JSON_TYPE, "x-wait": "1" }));
    await waiting.promise;
    await outcome(proxy, "/slow", { method: "DELETE" });
    gate.resolve();
    const answer = await slow;
    await answer.text();
    expect(cacheStatus(answer)).toEndWith("detail=invalidated");
    expect((await query("/slow", "a"))[0]).toBe("MISS");
  });

  test("RFC 10008 §2: a QUERY itself changes nothing", async () => {
    const [, got] = await outcome(proxy, "/safe");
    await query("/safe", "a", answering({ "cache-group-invalidation": '"safe"', location: "/safe" }));
    expect(await outcome(proxy, "/safe")).toEqual(["HIT", got]);
  });

  test("RFC 9875 §3: its responses belong to groups like any other", async () => {
    await query("/grouped", "a", answering({ "cache-control": "max-age=60", "cache-groups": '"queries"' }));
    const headers = answering({ "cache-group-invalidation": '"queries"' });
    await outcome(proxy, "/elsewhere", { method: "POST", headers });
    expect((await query("/grouped", "a"))[0]).toBe("MISS");
  });
});

describe("collapsed forwarding", () => {
  test("equal QUERYs at the same time are one request to the origin, others are not", async () => {
    const first = query("/crowd", "a", { ...JSON_TYPE, "x-wait": "1" });
    await waiting.promise;
    const asked = stub.seen.length;
    const followers = [query("/crowd", "a"), query("/crowd", "a")];
    expect((await query("/crowd", "b"))[0]).toBe("MISS");
    gate.resolve();
    const [, body] = await first;
    expect(await Promise.all(followers)).toEqual([
      ["HIT", body],
      ["HIT", body],
    ]);
    expect(stub.seen).toHaveLength(asked + 1);
  });
});

describe("the content on its way to the origin", () => {
  /** A proxy before an origin that gives back what it got, and how often that was asked. */
  async function echo(): Promise<{ port: number; heads: readonly string[] }> {
    const raw = await rawOrigin(shared, async (connection, head) => {
      const length = Number(fieldsOf(head).get("content-length"));
      const received = await connection.until((text) => contentOf(text).length >= length);
      const fields = `Cache-Control: max-age=60\r\nConnection: close\r\nContent-Length: ${received.length}`;
      connection.end(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${received}`);
    });
    const { port } = await startProxy(shared, raw.url);
    return { port, heads: raw.heads };
  }
  const head = "QUERY /q HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\n";
  const bytes = "h\xe9\x00\r\n\xff";

  test("is the same bytes, of the same length", async () => {
    const { port } = await echo();
    const received = contentOf(await exchange(port, `${head}Content-Length: 6\r\n\r\n${bytes}`));
    expect(fieldsOf(received).get("content-length")).toBe("6");
    expect(fieldsOf(received).get("content-type")).toBe("text/plain");
    expect(contentOf(received)).toBe(bytes);
    // The framing is no part of what is asked.
    const chunked = await exchange(
      port,
      `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nh\xe9\r\n4\r\n\x00\r\n\xff\r\n0\r\n\r\n`,
    );
    expect(fieldsOf(chunked).get("x-cache")).toBe("HIT");
    expect(contentOf(chunked)).toBe(received);
  });

  test.each([
    ["without any", "\r\n", ""],
    ["of no length", "Content-Length: 0\r\n\r\n", ""],
    ["in no chunks", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""],
    ["of 64 KiB", `Content-Length: 65536\r\n\r\n${"x".repeat(65536)}`, "x".repeat(65536)],
  ])("%s it is stored", async (_, rest, content) => {
    const { port } = await echo();
    const first = await exchange(port, head + rest);
    expect([statusOf(first), fieldsOf(first).get("x-cache")]).toEqual([200, "MISS"]);
    expect(contentOf(contentOf(first)) === content).toBe(true);
    expect(fieldsOf(await exchange(port, head + rest)).get("x-cache")).toBe("HIT");
  });

  test.each([
    ["with its length", (content: string) => `Content-Length: 65537\r\n\r\n${content}`],
    ["chunked", (content: string) => `Transfer-Encoding: chunked\r\n\r\n10001\r\n${content}\r\n0\r\n\r\n`],
  ])("larger than 64 KiB, %s: passed whole, and not stored", async (_, rest) => {
    const sha = (bytes: Uint8Array): string => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    const hashing = origin(shared, async (request) => {
      const headers = { "cache-control": "max-age=60" };
      return new Response(sha(await request.bytes()), { headers });
    });
    const { port } = await startProxy(shared, hashing.url);
    const large = Array.from({ length: 65537 }, (_, i) => String.fromCharCode(((i * 31) >> 3) & 0xff)).join("");
    for (let i = 0; i < 2; i++) {
      const response = await exchange(port, head + rest(large));
      const said = fieldsOf(response).get("cache-status");
      expect(said).toBe("caching-proxy; fwd=bypass; fwd-status=200; detail=query-too-large");
      expect(contentOf(response)).toBe(sha(Buffer.from(large, "latin1")));
    }
    expect(hashing.seen).toHaveLength(2);
  });

  test("the origin hears nothing of a client that leaves in the middle of it", async () => {
    const { port, heads } = await echo();
    const client = await connect(shared, port);
    client.write(`${head}Content-Length: 6\r\n\r\nh`);
    client.reset();
    const response = await exchange(port, `${head}Content-Length: 1\r\n\r\nh`);
    expect(fieldsOf(response).get("x-cache")).toBe("MISS");
    expect(heads).toHaveLength(1);
  });

  test("RFC 5861 §3: it is sent again behind an answer that is stale", async () => {
    const fields = answering({ "cache-control": "max-age=0, stale-while-revalidate=60" });
    const [, first] = await query("/swr", "q", fields);
    expect(await query("/swr", "q", fields)).toEqual(["STALE", first]);
    // How often it is asked for until then is nobody's promise.
    let body = first;
    while (body === first) [, body] = await query("/swr", "q", fields);
    expect(body).toStartWith("QUERY q ");
  });
});
