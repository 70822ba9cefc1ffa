import { describe, expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { crowd, gated } from "./crowd.ts";
import { cacheStatus, startProxy } from "./proxy.ts";
import { rawOrigin } from "./raw.ts";

const shared = cleanup();

describe("a request that was in vain is in vain for all who wait for it", () => {
  test("an origin that hangs up is asked once, and all get the same 502", async () => {
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const stub = await rawOrigin(shared, async (connection) => {
      asked.resolve();
      await gate.promise;
      connection.end();
    });
    const proxy = await startProxy(shared, stub.url);
    const answers = await crowd({ proxy, asked: asked.promise }, 10);
    gate.resolve();
    const responses = await Promise.all(answers);
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 502));
    expect(new Set(await Promise.all(responses.map((response) => response.text()))).size).toBe(1);
    expect(responses.map(cacheStatus)).toEqual([
      "caching-proxy; fwd=uri-miss; detail=origin-unreachable",
      ...Array.from({ length: 9 }, () => "caching-proxy; fwd=uri-miss; collapsed; detail=origin-unreachable"),
    ]);
    expect(stub.heads).toHaveLength(1);
  });

  test("one that says nothing is asked once, and all get the same 504", async () => {
    const site = await gated(shared, () => new Response("late"), "--timeout 300ms");
    const responses = await Promise.all(await crowd(site, 10));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 504));
    expect(site.stub.seen).toHaveLength(1);
  });

  test("one that breaks off a short body is asked once", async () => {
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const stub = await rawOrigin(shared, async (connection) => {
      asked.resolve();
      await gate.promise;
      connection.end("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\nshort");
    });
    const proxy = await startProxy(shared, stub.url);
    const answers = await crowd({ proxy, asked: asked.promise }, 5);
    gate.resolve();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([502, 502, 502, 502, 502]);
    expect(stub.heads).toHaveLength(1);
  });
});
