import { expect, test } from "bun:test";
import { passedFields } from "../../src/har/passed-fields.ts";

test.each<[Record<string, string>, Record<string, string>]>([
  [{ connection: "keep-alive, x", "transfer-encoding": "chunked", x: "1", y: "2" }, { y: "2" }],
  [{ "x-cache": "HIT" }, { "x-cache": "HIT" }],
  [{ "x-cache": "HIT", "cache-status": "caching-proxy; hit; ttl=5" }, {}],
  [{ "x-cache": "HIT", "cache-status": 'cdn; hit, "caching-proxy"; fwd=miss' }, { "cache-status": "cdn; hit" }],
  [
    { "x-cache": "HIT", "cache-status": "caching-proxy-2; hit" },
    { "x-cache": "HIT", "cache-status": "caching-proxy-2; hit" },
  ],
])("%j", (fields, passed) => {
  expect(Object.fromEntries(passedFields(new Headers(fields)))).toEqual(passed);
});
