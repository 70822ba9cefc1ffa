import { describe, expect, test } from "bun:test";
import { isCacheable, isSafe } from "../../src/http/method.ts";

describe("methods", () => {
  test.each(["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "REPORT", "SEARCH"])(
    "RFC 9110 §9.2.1: %s is safe",
    (method) => {
      expect(isSafe(method)).toBe(true);
    },
  );

  test.each(["POST", "PUT", "PATCH", "DELETE", "PURGE", "MKCOL", "UNHEARD-OF", "get", ""])(
    "RFC 9111 §4.4: %j counts as unsafe, as every method of unknown safety",
    (method) => {
      expect(isSafe(method)).toBe(false);
    },
  );

  test.each([
    ["GET", true],
    ["HEAD", true],
    ["POST", false],
    ["QUERY", true],
    ["get", false],
  ])("RFC 9110 §9.2.3: the cache answers %s: %p", (method, cacheable) => {
    expect(isCacheable(method)).toBe(cacheable);
  });
});
