import { expect, test } from "bun:test";
import { cleanup } from "./cleanup.ts";
import { outcome, startProxy } from "./proxy.ts";
import { rawOrigin } from "./raw.ts";

const shared = cleanup();
const BODY = "x".repeat(1000);
const ANSWER = `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`;

test.each([
  ["lru", "MISS"],
  ["s3-fifo", "HIT"],
])("--eviction %s: what was asked for again is a %s after a crawler has been through", async (order, expected) => {
  const origin = await rawOrigin(shared, (connection) => connection.end(ANSWER));
  const proxy = await startProxy(shared, origin.url, `--max-size 64kb --eviction ${order}`);
  for (const path of ["/asked-again", "/asked-again"]) await outcome(proxy, path);
  for (let page = 0; page < 100; page++) expect(await outcome(proxy, `/pages/${page}`)).toEqual(["MISS", BODY]);
  expect(await outcome(proxy, "/asked-again")).toEqual([expected, BODY]);
  // A crawler's page is not kept for having been fetched.
  expect(await outcome(proxy, "/pages/0")).toEqual(["MISS", BODY]);
});
