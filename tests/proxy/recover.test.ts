import { expect, test } from "bun:test";
import type { Incoming } from "../../src/http/exchange.ts";
import { recovering } from "../../src/proxy/recover.ts";

const incoming: Incoming = {
  request: new Request("http://localhost/x"),
  url: new URL("http://localhost/x"),
  headers: new Headers(),
  client: () => "",
};

test("an error that nothing caught is reported and becomes a 500 that can be logged", async () => {
  const reported: unknown[] = [];
  const fault = new Error("fault");
  const handler = recovering((error) => reported.push(error))(() => Promise.reject(fault));
  const { response, cacheStatus } = await handler(incoming);
  expect(reported).toEqual([fault]);
  expect(response.status).toBe(500);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(cacheStatus).toEqual({ type: "none", detail: "internal-error" });
  expect(response.headers.get("cache-status")).toBe("caching-proxy; detail=internal-error");
});
