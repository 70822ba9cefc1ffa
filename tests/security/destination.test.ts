import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { cleanup } from "../e2e/cleanup.ts";
import { ask, outcome, type RunningProxy, startProxy, xCache } from "../e2e/proxy.ts";
import { connect, exchange, fieldsOf, hasHead, statusOf } from "../e2e/raw.ts";
import { listening } from "../e2e/raw-listener.ts";
import { expectUnharmed, type Heard, type KeptOrigin, keptOrigin, settle } from "./victim.ts";

/** Whatever a client or the origin says: only the origin is ever connected to. More targets are in e2e/bad-input.test.ts. */
const shared = cleanup();
let origin: KeptOrigin;
/** Where somebody listens whom requests and responses name, and who is to hear nothing. */
let elsewhere = "";
let connections = 0;
let proxy: RunningProxy;
let trusting: RunningProxy;
let answer: (heard: Heard) => string = () => "";

beforeAll(async () => {
  elsewhere = `127.0.0.1:${await listening(
    shared,
    createServer(() => connections++),
  )}`;
  origin = await keptOrigin(shared, (heard) => (heard.target.startsWith("/attack") ? answer(heard) : undefined));
  [proxy, trusting] = await Promise.all([
    startProxy(shared, origin.url),
    startProxy(shared, origin.url, "--trust-forwarded"),
  ]);
  await settle(proxy);
});

afterEach(async () => {
  expect(connections).toBe(0);
  await expectUnharmed(proxy, origin);
});

const elsewhereNow = (text: string) => text.replaceAll("ELSEWHERE", elsewhere);

describe("a request that names another place", () => {
  test.each([
    ["in absolute form", "GET http://ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["in absolute form and by Host", "GET http://ELSEWHERE/x HTTP/1.1\r\nHost: ELSEWHERE\r\n", [200]],
    ["in absolute form, with a user", "GET http://a:b@ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["in absolute form, in capitals", "GET HTTP://ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["in absolute form, without a path", "GET http://ELSEWHERE HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["in absolute form, a query alone", "GET http://ELSEWHERE?x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["in absolute form, of another scheme", "GET ws://ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [400]],
    ["in absolute form, of a file", "GET file:///etc/passwd HTTP/1.1\r\nHost: localhost\r\n", [400]],
    ["by its authority", "GET ELSEWHERE HTTP/1.1\r\nHost: localhost\r\n", [400]],
    ["by CONNECT", "CONNECT ELSEWHERE HTTP/1.1\r\nHost: ELSEWHERE\r\n", [400]],
    ["by CONNECT, with our Host", "CONNECT ELSEWHERE HTTP/1.1\r\nHost: localhost\r\n", [400]],
    ["by CONNECT, in absolute form", "CONNECT http://ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [400, 501]],
    ["by CONNECT, with a path", "CONNECT /x HTTP/1.1\r\nHost: ELSEWHERE\r\n", [501]],
    ["behind an @", "GET @ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [400]],
    ["behind an @ in the path", "GET /@ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["as a port of the origin", "GET :80@ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [400]],
    ["as the rest of its name", "GET .ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [400]],
    ["behind two slashes", "GET //ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["behind a slash and a backslash", "GET /\\ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["behind two slashes and dots", "GET /.//ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["as a URL in the path", "GET /http://ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
    ["by Host", "GET /x HTTP/1.1\r\nHost: ELSEWHERE\r\n", [200]],
    ["by two Hosts", "GET /x HTTP/1.1\r\nHost: localhost\r\nHost: ELSEWHERE\r\n", [400]],
    ["by Host with a user", "GET /x HTTP/1.1\r\nHost: localhost@ELSEWHERE\r\n", [400]],
    ["by Host with a path", "GET /x HTTP/1.1\r\nHost: ELSEWHERE/x\r\n", [400]],
    [
      "by what balancers say",
      "GET /x HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: ELSEWHERE\r\nX-Host: ELSEWHERE\r\nForwarded: host=ELSEWHERE\r\n",
      [200],
    ],
    [
      "by what replaces the URL",
      "GET /x HTTP/1.1\r\nHost: localhost\r\nX-Original-URL: http://ELSEWHERE/x\r\nX-Rewrite-URL: http://ELSEWHERE/x\r\n",
      [200],
    ],
    [
      "by the fields of a proxy",
      "GET /x HTTP/1.1\r\nHost: localhost\r\nProxy: http://ELSEWHERE\r\nProxy-Connection: keep-alive\r\n",
      [200],
    ],
    ["by a purge of its URL", "PURGE http://ELSEWHERE/x HTTP/1.1\r\nHost: localhost\r\n", [200]],
  ])("%s", async (_, message, statuses) => {
    for (const { port } of [proxy, trusting]) {
      const before = origin.heard.length;
      const response = await exchange(port, `${elsewhereNow(message)}Connection: close\r\n\r\n`);
      expect(statuses).toContain(statusOf(response));
      for (const { head } of origin.heard.slice(before)) {
        expect(fieldsOf(`${head}\r\n\r\n`).get("host")).toBe(`127.0.0.1:${origin.port}`);
      }
    }
  });

  test("what follows a CONNECT is no request, and we print nothing of it", async () => {
    const printed = proxy.stderr.all.length;
    const client = await connect(shared, proxy.port);
    client.write(
      "CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    expect(statusOf(await client.until(hasHead))).toBe(400);
    // Bun takes it for the content of the CONNECT: whoever comes later is answered, and this is not.
    await expectUnharmed(proxy, origin);
    expect(client.received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(proxy.stderr.all.slice(printed)).toEqual([]);
  });
});

describe("a response that leads to another place", () => {
  const moved = (status: number) =>
    `HTTP/1.1 ${status} Moved\r\nCache-Control: max-age=60\r\nLocation: http://${elsewhere}/x\r\nContent-Length: 0\r\n\r\n`;

  test.each([300, 301, 302, 303, 305, 307, 308])("%d is the client's to follow, on MISS and HIT", async (status) => {
    answer = () => moved(status);
    for (const expected of ["MISS", "HIT"]) {
      const response = await ask(proxy, `/attack/${status}`);
      expect([response.status, xCache(response)]).toEqual([status, expected]);
      expect(response.headers.get("location")).toBe(`http://${elsewhere}/x`);
    }
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "QUERY"])("as an answer to %s", async (method) => {
    answer = () => moved(307);
    const init =
      method === "HEAD" || method === "OPTIONS"
        ? { method }
        : { method, body: "hello", headers: { "content-type": "text/plain" } };
    expect((await ask(proxy, "/attack/unsafe", init)).status).toBe(307);
  });

  test("as an answer to a validation, and to a part that is asked for", async () => {
    answer = ({ head }) =>
      /^if-none-match/im.test(head)
        ? moved(302)
        : 'HTTP/1.1 200 OK\r\nCache-Control: max-age=0, must-revalidate\r\nETag: "1"\r\nContent-Length: 2\r\n\r\nok';
    expect((await ask(proxy, "/attack/validate")).status).toBe(200);
    expect((await ask(proxy, "/attack/validate")).status).toBe(302);
    answer = ({ head }) =>
      head.includes("bytes=0-1")
        ? 'HTTP/1.1 206 Partial Content\r\nCache-Control: max-age=60\r\nETag: "1"\r\nContent-Range: bytes 0-1/4\r\nContent-Length: 2\r\n\r\nok'
        : moved(302);
    expect((await ask(proxy, "/attack/part", { headers: { range: "bytes=0-1" } })).status).toBe(206);
    expect((await ask(proxy, "/attack/part")).status).toBe(302);
  });

  test("behind an answer that is stale", async () => {
    const asked = Promise.withResolvers<void>();
    answer = () =>
      "HTTP/1.1 200 OK\r\nCache-Control: max-age=0, stale-while-revalidate=60\r\nContent-Length: 2\r\n\r\nok";
    expect(await outcome(proxy, "/attack/behind")).toEqual(["MISS", "ok"]);
    answer = () => {
      asked.resolve();
      return moved(301);
    };
    expect(await outcome(proxy, "/attack/behind")).toEqual(["STALE", "ok"]);
    await asked.promise;
    expect(await outcome(proxy, "/attack/behind")).toEqual(["STALE", "ok"]);
  });

  test("by its other fields", async () => {
    const fields = [
      "Content-Location: X",
      "Link: <X>; rel=preload",
      'Alt-Svc: h2="ELSEWHERE"',
      "Refresh: 0; url=X",
      "Location: X",
      "NEL: X",
    ]
      .map((field) => elsewhereNow(field.replace("X", "http://ELSEWHERE/x")))
      .join("\r\n");
    answer = () => `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n${fields}\r\nContent-Length: 2\r\n\r\nok`;
    expect(await outcome(proxy, "/attack/fields")).toEqual(["MISS", "ok"]);
    expect(await outcome(proxy, "/attack/fields")).toEqual(["HIT", "ok"]);
  });

  test("to a WebSocket", async () => {
    answer = () => moved(302);
    const client = await connect(shared, proxy.port);
    client.write(
      "GET /attack/socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    expect(statusOf(await client.until(hasHead))).toBe(502);
    client.end();
  });

  test.each(["refresh", "compare"])("to %s", async (command) => {
    answer = () => moved(302);
    const path = `/attack/${command}`;
    await ask(proxy, path);
    const before = origin.heard.length;
    const response = await ask(proxy, `/__admin/${command}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url: path }),
    });
    expect(response.status).toBe(200);
    await response.text();
    expect(origin.heard.length).toBeGreaterThan(before);
  });
});

test("what lies below the base path of the origin is all that is asked for", async () => {
  const based = await startProxy(shared, `${origin.url}/base/v1`);
  for (const target of [
    "/../x",
    "/../../x",
    "/%2e%2e/x",
    "/.%2E/%2e./x",
    "/\\..\\..\\x",
    "/a/../../../x",
    "/..%2fx",
    "/..%5cx",
    "/..;/x",
    "//../..//x",
    "/%252e%252e/x",
    "http://h/../x",
  ]) {
    const before = origin.heard.length;
    const response = await exchange(
      based.port,
      `GET ${target}?${crypto.randomUUID()} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect([target, statusOf(response)]).toEqual([target, 200]);
    const [got, ...more] = origin.heard.slice(before);
    expect(got?.target).toStartWith("/base/v1/");
    expect(got?.target).not.toMatch(/\/\.\.(\/|\?|$)/);
    expect(more).toEqual([]);
  }
});
