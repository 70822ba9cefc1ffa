import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Site } from "../../src/caching/invalidation.ts";
import { isRepresentation } from "../../src/caching/posted.ts";
import { dateAt, type Fields, received } from "./build.ts";

const site: Site = { origin: new URL("http://origin.test/"), publicOrigin: "http://localhost:3000" };
const target = new URL("http://origin.test/items?page=1&size=5");
const FRESH = { "cache-control": "max-age=60" };

function answers(fields: Fields, status = 200, of = site, at = target): boolean {
  return isRepresentation(received({ status, fields }), at, of);
}

describe("isRepresentation", () => {
  test.each([
    ["a path", "/items?page=1&size=5"],
    ["relative", "items?page=1&size=5"],
    ["a query", "?page=1&size=5"],
    ["absolute", "http://origin.test/items?page=1&size=5"],
    ["the default port", "http://origin.test:80/items?page=1&size=5"],
    ["by our public name", "http://localhost:3000/items?page=1&size=5"],
    ["the query in another order, which is the same key", "/items?size=5&page=1"],
  ])("RFC 9110 §8.7: Content-Location is the target: %s", (_, location) => {
    expect(answers({ ...FRESH, "content-location": location })).toBe(true);
  });

  test.each([
    ["another path", "/items/7"],
    ["another query", "/items?page=2&size=5"],
    ["no query", "/items"],
    ["another host", "http://other.test/items?page=1&size=5"],
    ["another scheme", "https://origin.test/items?page=1&size=5"],
    ["another port of our public name", "http://localhost:3001/items?page=1&size=5"],
    ["empty", ""],
    ["no scheme", "//other.test/items?page=1&size=5"],
    ["no URL", "http://["],
    ["two of them", "/items?page=1&size=5, /items?page=1&size=5"],
  ])("RFC 9110 §8.7: Content-Location is not: %s", (_, location) => {
    expect(answers({ ...FRESH, "content-location": location })).toBe(false);
  });

  test("RFC 9110 §9.3.3: without Content-Location it says nothing of the target", () => {
    expect(answers(FRESH)).toBe(false);
  });

  test.each([
    ["max-age", { "cache-control": "max-age=60" }, true],
    ["s-maxage", { "cache-control": "s-maxage=60" }, true],
    ["Expires", { expires: dateAt(60) }, true],
    ["CDN-Cache-Control", { "cdn-cache-control": "max-age=60" }, true],
    ["nothing", {}, false],
    ["public alone", { "cache-control": "public" }, false],
    ["Last-Modified alone, which is a guess", { "last-modified": dateAt(-3600) }, false],
    ["an entity tag alone", { etag: '"a"' }, false],
    ["CDN-Cache-Control that takes max-age's place", { ...FRESH, "cdn-cache-control": "must-revalidate" }, false],
  ])("RFC 9110 §9.3.3: explicit freshness: %s", (_, fields: Fields, expected) => {
    expect(answers({ ...fields, "content-location": target.href })).toBe(expected);
  });

  test.each([201, 202, 203, 204, 206, 301, 303, 304, 400, 404, 500])("RFC 9110 §8.7: %d is not its 200", (status) => {
    expect(answers({ ...FRESH, "content-location": target.href }, status)).toBe(false);
  });

  const based: Site = { ...site, origin: new URL("http://origin.test/api") };
  test.each([
    ["by our public name", "http://localhost:3000/items", true],
    ["by our public name, with the origin's path", "http://localhost:3000/api/items", false],
    ["by the origin's name", "http://origin.test/api/items", true],
    ["a path as the origin means it", "/api/items", true],
    ["a path that is another resource of the origin", "/items", false],
  ])("an origin with a base path: %s", (_, location, expected) => {
    const at = new URL("http://origin.test/api/items");
    expect(answers({ ...FRESH, "content-location": location }, 200, based, at)).toBe(expected);
  });

  test("RFC 9110 §8.7: what it takes for the target leads a client there, by whichever name, and nothing throws", () => {
    const location = fc.oneof(
      fc.webUrl(),
      fc.webPath(),
      fc.stringMatching(/^[ -~]*$/),
      fc.constantFrom("", "?", "#x", "."),
    );
    fc.assert(
      fc.property(location, (value) => {
        const at = new URL("http://origin.test/");
        if (!answers({ ...FRESH, "content-location": value }, 200, site, at)) return;
        const led = [at, new URL(site.publicOrigin)].map((base) => new URL(value, base));
        expect(led.map((url) => url.pathname + url.search)).toContain("/");
      }),
    );
  });

  test("RFC 9111 §7.3: what sets a cookie is for who sent it", () => {
    const fields = { ...FRESH, "content-location": "/items?page=1&size=5" };
    expect(answers(fields)).toBe(true);
    expect(answers({ ...fields, "set-cookie": "session=a" })).toBe(false);
  });
});
