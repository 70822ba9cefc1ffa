import { expect, test } from "bun:test";
import { hashOf, namespaceOf } from "../../src/store/namespace.ts";
import { prefixOf } from "../../src/store/redis/names.ts";

test("proxies of one origin share a namespace, and of no two others", () => {
  const origins = ["http://a", "https://a", "http://a:81", "http://a/v1", "http://a/v2", "http://b"];
  expect(new Set(origins.map((origin) => namespaceOf(new URL(origin)))).size).toBe(origins.length);
  expect(namespaceOf(new URL("http://A:80/"))).toBe(namespaceOf(new URL("http://a")));
});

test("names in Redis tell whose they are and hold 128 bits of hash", () => {
  expect(prefixOf("n")).toBe("caching-proxy:1:n:");
  expect(hashOf("")).toBe("da39a3ee5e6b4b0d3255bfef95601890");
});
