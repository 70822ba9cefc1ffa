import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cacheKey, targetOf } from "../../src/caching/key.ts";
import { namedPrefix, namedUrl } from "../../src/caching/naming.ts";

const publicOrigin = "http://localhost:3000";
const plain = { origin: new URL("http://api.example"), publicOrigin };
const based = { origin: new URL("https://api.example:8443/base"), publicOrigin };

function keyOf(text: string, site = plain): string {
  const found = namedUrl(text, site);
  return found.type === "url" ? found.url.key : found.why;
}

function prefixOf(text: string, site = plain): string {
  const found = namedPrefix(text, site);
  return found.type === "prefix" ? found.prefix : found.why;
}

describe("which URL is meant", () => {
  test.each([
    ["/a?z=1&b=2#f", plain, "http://api.example/a?b=2&z=1"],
    ["http://api.example/a#f", plain, "http://api.example/a"],
    ["http://api.example", plain, "http://api.example/"],
    ["https://api.example/a", plain, "http://api.example/a"],
    ["http://localhost:3000/a", plain, "http://api.example/a"],
    ["https://localhost:3000/a", plain, "http://api.example/a"],
    ["http://127.0.0.1:3000/a", plain, "http://api.example/a"],
    ["http://[::1]:3000/a", plain, "http://api.example/a"],
    ["//x/y", plain, "http://api.example//x/y"],
    ["/a", based, "https://api.example:8443/base/a"],
    ["http://localhost:3000/a", based, "https://api.example:8443/base/a"],
    ["https://api.example:8443/base/a", based, "https://api.example:8443/base/a"],
    ["http://api.example:8443/base/a", based, "https://api.example:8443/base/a"],
  ])("by %s", (text, site, key) => {
    expect(keyOf(text, site)).toBe(key);
  });

  test.each([
    [
      "http://other.example/a",
      plain,
      '"http://other.example/a" is on other.example, which is neither the proxy (http://localhost:3000) nor its origin (http://api.example); a path alone does, too',
    ],
    ["http://localhost:3001/a", plain, "is on localhost:3001"],
    ["http://api.example:81/a", plain, "is on api.example:81"],
    ["http://api.example.evil/a", plain, "is on api.example.evil"],
    ["ftp://localhost:3000/a", plain, "is neither a path, which begins with /, nor an http or https URL"],
    ["localhost:3000/a", plain, "nor an http or https URL"],
    ["http://localhost:99999/", plain, "nor an http or https URL"],
    ["a", plain, "nor an http or https URL"],
    ["", plain, "nor an http or https URL"],
    [
      "https://api.example:8443/other",
      based,
      '"https://api.example:8443/other" is not below https://api.example:8443/base',
    ],
    ["https://api.example:8443/based", based, "is not below"],
  ])("none by %j", (text, site, why) => {
    expect(keyOf(text, site)).toContain(why);
  });

  test("the one that a request for the path is stored under", () => {
    fc.assert(
      fc.property(fc.constantFrom(plain, based), fc.webPath(), fc.webQueryParameters(), (site, path, query) => {
        const asked = new URL(`http://localhost:3000/${path}?${query}`);
        expect<string>(keyOf(`/${path}?${query}`, site)).toBe(cacheKey(targetOf(site.origin, asked)));
      }),
    );
  });
});

describe("what keys begin with", () => {
  test.each([
    ["/", plain, "http://api.example/"],
    ["/a b", plain, "http://api.example/a%20b"],
    ["/a?b", plain, "http://api.example/a?b"],
    ["/a?", plain, "http://api.example/a?"],
    ["http://api.example", plain, "http://api.example/"],
    ["http://localhost:3000/pro", plain, "http://api.example/pro"],
    ["/a", based, "https://api.example:8443/base/a"],
    ["https://api.example:8443/base", based, "https://api.example:8443/base"],
  ])("%s", (text, site, prefix) => {
    expect(prefixOf(text, site)).toBe(prefix);
  });

  test.each([
    ["http://api.exampl", plain, "is on api.exampl"],
    ["https://api.example:8443", based, "is not below"],
  ])("%s is refused", (text, site, why) => {
    expect(prefixOf(text, site)).toContain(why);
  });
});
