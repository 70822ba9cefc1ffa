import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { type RunningProxy, startProxy } from "./proxy.ts";
import { contentOf, exchange, fieldsOf, hasHead, type RawOrigin, rawOrigin, statusOf } from "./raw.ts";

const shared = cleanup();
let stub: RawOrigin;
let proxy: RunningProxy;

/** Answers with the request as it came, once its body is complete. */
beforeAll(async () => {
  stub = await rawOrigin(shared, async (connection, head) => {
    if (fieldsOf(head).get("transfer-encoding") === "chunked")
      await connection.until((text) => text.endsWith("0\r\n\r\n"));
    const length = Number(fieldsOf(head).get("content-length") ?? 0);
    await connection.until((text) => contentOf(text).length >= length);
    const echo = head.startsWith("HEAD ") ? "" : connection.received;
    connection.end(
      `HTTP/1.1 200 OK\r\nContent-Length: ${connection.received.length}\r\nConnection: close\r\n\r\n${echo}`,
    );
  });
  proxy = await startProxy(shared, stub.url, "--ttl 0");
});

const send = (method: string, rest = "\r\n") =>
  exchange(proxy.port, `${method} /thing?q=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${rest}`);

describe("the method reaches the origin as it is", () => {
  test.each([
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "QUERY",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "REPORT",
    "SEARCH",
    "M-SEARCH",
    "LOCK",
  ])("%s", async (method) => {
    const response = await send(method);
    expect(statusOf(response)).toBe(200);
    expect(contentOf(response)).toStartWith(`${method} /thing?q=1 HTTP/1.1\r\n`);
    expect(fieldsOf(response).get("x-cache")).toBe(["GET", "QUERY"].includes(method) ? "MISS" : "BYPASS");
  });

  test("HEAD: the fields of the origin, its length included, and no content", async () => {
    const response = await send("HEAD");
    expect(statusOf(response)).toBe(200);
    expect(contentOf(response)).toBe("");
    expect(stub.heads.at(-1)).toStartWith("HEAD /thing?q=1 HTTP/1.1\r\n");
    expect(fieldsOf(response).get("content-length")).toBe(String(stub.heads.at(-1)?.length));
    expect(fieldsOf(response).get("date")).not.toBeNull();
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "PROPFIND"])("%s with its body", async (method) => {
    const response = await send(method, "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nh\xe9\x00lo");
    const received = contentOf(response);
    expect(received).toStartWith(`${method} /thing?q=1 HTTP/1.1\r\n`);
    expect(fieldsOf(received).get("content-type")).toBe("text/plain");
    expect(bodyOf(received)).toBe("h\xe9\x00lo");
  });

  test("a chunked body arrives whole", async () => {
    const response = await send("POST", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    expect(bodyOf(contentOf(response))).toBe("abcde");
  });

  test.each([
    ["TRACE", 501],
    ["CONNECT", 501],
    // Bun ends the connection at a method that it does not know.
    ["BREW", Number.NaN],
    ["get", Number.NaN],
  ])("%s is refused and the origin never asked", async (method, status) => {
    const before = stub.heads.length;
    expect(statusOf(await send(method))).toBe(status);
    expect(stub.heads).toHaveLength(before);
    expect(statusOf(await send("GET"))).toBe(200);
  });
});

/** The body of an echoed request, framed by length or in chunks. */
function bodyOf(request: string): string {
  if (!hasHead(request)) throw new Error(`no request: ${request}`);
  const content = contentOf(request);
  if (fieldsOf(request).get("transfer-encoding") !== "chunked") return content;
  let body = "";
  for (let rest = content; ; ) {
    const line = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (size === 0) return body;
    body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 4 + size);
  }
}
