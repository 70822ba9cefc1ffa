import { expect, test } from "bun:test";
import { pathBelow } from "../../src/har/path-below.ts";

test.each([
  ["https://a.test/b?c=1", "https://a.test", "/b?c=1"],
  ["https://a.test/b/c", "https://a.test/b", "/c"],
  ["https://a.test/b/c", "https://a.test/b/", "/c"],
  ["https://a.test/b?c", "https://a.test/b", "/?c"],
  ["https://a.test/bc", "https://a.test/b", undefined],
  ["http://a.test/b", "https://a.test", undefined],
  ["https://a.test:8443/b", "https://a.test", undefined],
])("%s below %s is %p", (url, base, path) => {
  expect(pathBelow(new URL(url), new URL(base))).toBe(path);
});
