import { beforeAll, describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { ask, cacheStatus, outcome, type RunningProxy, startProxy, xCache } from "./proxy.ts";
import { connect, contentOf, exchange, fieldsOf, rawOrigin, statusOf } from "./raw.ts";

const shared = cleanup();
let proxy: RunningProxy;
const large = "x".repeat(300_000);
const FRESH = "HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: max-age=60\r\nContent-Type: text/plain\r\n";

/** How each path's body ends before its time; asked again, it is whole. */
const BROKEN: Readonly<Record<string, string>> = {
  "/short-length": `${FRESH}Content-Length: 500000\r\n\r\n${large}`,
  "/short-chunk": `${FRESH}Transfer-Encoding: chunked\r\n\r\n493e0\r\n${large}`,
  "/no-last-chunk": `${FRESH}Transfer-Encoding: chunked\r\n\r\n493e0\r\n${large}\r\n`,
  "/bad-chunk": `${FRESH}Transfer-Encoding: chunked\r\n\r\n493e0\r\n${large}\r\nxyz\r\n`,
};

beforeAll(async () => {
  const asked = new Set<string>();
  const stub = await rawOrigin(shared, (connection, head) => {
    const path = head.split(" ")[1] ?? "";
    const again = asked.has(path);
    asked.add(path);
    const broken = BROKEN[path];
    if (broken !== undefined && !again) return connection.end(broken);
    if (path === "/until-close") return connection.end(`${FRESH}\r\n${large}`);
    if (path === "/huge") return connection.end(`${FRESH}Content-Length: ${large.length}\r\n\r\n${large}`);
    if (path === "/huge-chunked")
      return connection.end(`${FRESH}Transfer-Encoding: chunked\r\n\r\n493e0\r\n${large}\r\n0\r\n\r\n`);
    return connection.end(`${FRESH}Content-Length: 5\r\n\r\nwhole`);
  });
  proxy = await startProxy(shared, stub.url, "--max-entry-size 200kb");
});

const raw = (path: string) =>
  exchange(proxy.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);

describe("a body that breaks off", () => {
  test.each(Object.keys(BROKEN))("%s: the client can tell, and it is never stored", async (path) => {
    const client = await connect(shared, proxy.port);
    client.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await client.closed;
    expect(isComplete(client.received)).toBe(false);
    expect(await outcome(proxy, path)).toEqual(["MISS", "whole"]);
    expect(await outcome(proxy, path)).toEqual(["HIT", "whole"]);
  });
});

/** Whether a client takes a raw response for a whole one. */
function isComplete(response: string): boolean {
  const fields = fieldsOf(response);
  const length = fields.get("content-length");
  if (statusOf(response) !== 200) return false;
  return length === null ? contentOf(response).endsWith("0\r\n\r\n") : contentOf(response).length >= Number(length);
}

describe("what is not stored passes all the same", () => {
  test.each([
    ["/until-close", "end-not-provable"],
    ["/huge", "too-large"],
  ])("%s", async (path, detail) => {
    for (let i = 0; i < 2; i++) {
      const response = await ask(proxy, path);
      expect(xCache(response)).toBe("MISS");
      expect(cacheStatus(response)).toEndWith(`detail=${detail}`);
      expect((await response.text()) === large).toBe(true);
    }
  });

  test("a large body that does not say its size beforehand", async () => {
    for (let i = 0; i < 2; i++) {
      const [cached, body] = await outcome(proxy, "/huge-chunked");
      expect(cached).toBe("MISS");
      expect(body === large).toBe(true);
    }
  });

  test("and what is small enough is stored", async () => {
    expect(fieldsOf(await raw("/small")).get("x-cache")).toBe("MISS");
    expect(fieldsOf(await raw("/small")).get("x-cache")).toBe("HIT");
  });
});
