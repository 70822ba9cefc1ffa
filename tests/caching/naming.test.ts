import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cacheKey, targetOf } from "../../src/caching/key.ts";
import { keyPrefix, namedUrl } from "../../src/caching/naming.ts";

const plain = new URL("http://api.example");
const based = new URL("https://api.example:8443/base");

describe("what keys begin with", () => {
  test.each<[URL, string, string | undefined]>([
    [plain, "/", "http://api.example/"],
    [plain, "/a?b", "http://api.example/a?b"],
    [plain, "http://api.example", "http://api.example/"],
    [plain, "http://api.example/a", "http://api.example/a"],
    [plain, "http://api.example.evil/a", undefined],
    [plain, "http://api.exampl", undefined],
    [plain, "https://api.example/a", undefined],
    [plain, "a", undefined],
    [plain, "", undefined],
    [based, "/a", "https://api.example:8443/base/a"],
    [based, "https://api.example:8443/base/a", "https://api.example:8443/base/a"],
    [based, "https://api.example:8443/base", "https://api.example:8443/base/"],
    [based, "https://api.example:8443", "https://api.example:8443/base/"],
    [based, "https://api.example:8443/based", undefined],
  ])("of %s: %s", (origin, text, expected) => {
    expect(keyPrefix(origin, text)).toBe(expected);
  });
});

describe("which URL is meant", () => {
  test.each<[URL, string, string | undefined]>([
    [plain, "/a?z=1&b=2#f", "http://api.example/a?b=2&z=1"],
    [plain, "http://api.example/a#f", "http://api.example/a"],
    [plain, "http://api.example", "http://api.example/"],
    [plain, "http://other.example/a", undefined],
    [plain, "nonsense", undefined],
    [based, "/a", "https://api.example:8443/base/a"],
    [based, "https://api.example:8443/base/a", "https://api.example:8443/base/a"],
    [based, "https://api.example:8443/other", undefined],
    [based, "https://api.example:8443/based", undefined],
  ])("of %s: %s", (origin, text, expected) => {
    expect<string | undefined>(namedUrl(origin, text)?.key).toBe(expected);
  });

  test("the one that a request for the path is stored under", () => {
    fc.assert(
      fc.property(fc.constantFrom(plain, based), fc.webPath(), fc.webQueryParameters(), (origin, path, query) => {
        const asked = new URL(`http://localhost:3000/${path}?${query}`);
        expect(namedUrl(origin, `/${path}?${query}`)?.key).toBe(cacheKey(targetOf(origin, asked)));
      }),
    );
  });
});
