import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cacheGroup } from "../../src/caching/group.ts";
import { invalidated, invalidatedGroups, type Site } from "../../src/caching/invalidation.ts";
import type { Fields } from "./build.ts";

const site: Site = { origin: new URL("http://origin.test/"), publicOrigin: "http://localhost:3000" };
const target = "http://origin.test/items?page=1";

function gone(method: string, status: number, fields: Fields = {}, of: Site = site, at = target): string[] {
  return invalidated(method, new URL(at), of, status, new Headers(fields)).map((url) => url.href);
}

describe("invalidated", () => {
  test.each(["POST", "PUT", "DELETE", "PATCH", "UNHEARD-OF"])("RFC 9111 §4.4: %s drops its target", (method) => {
    expect(gone(method, 200)).toEqual([target]);
  });

  test.each(["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND"])("RFC 9111 §4.4: %s is safe", (method) => {
    expect(gone(method, 200, { location: "/a" })).toEqual([]);
  });

  test.each([200, 201, 204, 205, 301, 303, 304, 399])("RFC 9111 §4.4: %d is no error", (status) => {
    expect(gone("POST", status)).toEqual([target]);
  });

  test.each([101, 199, 400, 404, 409, 500, 503])("RFC 9111 §4.4: %d changed nothing", (status) => {
    expect(gone("POST", status, { location: "/a" })).toEqual([]);
  });

  test.each([
    ["absolute", "http://origin.test/a", ["http://origin.test/a"]],
    ["a path", "/a?x=1", ["http://origin.test/a?x=1"]],
    ["relative", "7", ["http://origin.test/7"]],
    ["a query", "?page=2", ["http://origin.test/items?page=2"]],
    ["the default port", "http://origin.test:80/a", ["http://origin.test/a"]],
    ["by our public name", "http://localhost:3000/a?x=1", ["http://origin.test/a?x=1"]],
    ["another host", "http://other.test/a", []],
    ["another port", "http://origin.test:81/a", []],
    ["another scheme", "https://origin.test/a", []],
    ["another port of our public name", "http://localhost:3001/a", []],
    ["no scheme", "//other.test/a", []],
    ["no URL", "http://[", []],
    ["no http URL", "mailto:a@origin.test", []],
  ])("RFC 9111 §4.4: Location and Content-Location: %s", (_, location, urls) => {
    expect(gone("POST", 201, { location })).toEqual([target, ...urls]);
    expect(gone("PUT", 200, { "content-location": location })).toEqual([target, ...urls]);
  });

  test("RFC 9111 §4.4: both at once", () => {
    expect(gone("POST", 201, { location: "/a", "content-location": "/b" })).toEqual([
      target,
      "http://origin.test/a",
      "http://origin.test/b",
    ]);
  });

  test.each([
    ["by the origin's name", "http://origin.test/api/a", "http://origin.test/api/a"],
    ["by our public name", "http://localhost:3000/a", "http://origin.test/api/a"],
  ])("RFC 9111 §4.4: an origin with a base path, Location %s", (_, location, url) => {
    const based = { ...site, origin: new URL("http://origin.test/api") };
    const at = "http://origin.test/api/items";
    expect(gone("POST", 201, { location }, based, at)).toEqual([at, url]);
  });

  test("RFC 9111 §4.4: an origin with a base path, Location a path: by either reading", () => {
    const based = { ...site, origin: new URL("http://origin.test/api") };
    const at = "http://origin.test/api/items";
    expect(gone("POST", 201, { location: "/a" }, based, at)).toEqual([
      at,
      "http://origin.test/a",
      "http://origin.test/api/a",
    ]);
  });

  test("RFC 9111 §4.4: nothing of another origin is ever invalidated, and nothing throws", () => {
    const location = fc.oneof(
      fc.webUrl(),
      fc.webPath(),
      fc.stringMatching(/^[ -~]*$/),
      fc.constantFrom("//x", "\\\\x/y", "http:///x"),
    );
    fc.assert(
      fc.property(location, fc.integer({ min: 100, max: 599 }), (value, status) => {
        for (const url of gone("POST", status, { location: value })) expect(url).toStartWith("http://origin.test/");
      }),
    );
  });
});

describe("invalidatedGroups", () => {
  const groups = (method: string, fields: Fields) => invalidatedGroups(method, new URL(target), new Headers(fields));
  const named = { "cache-group-invalidation": '"red", "blue"' };

  test.each(["POST", "PUT", "DELETE", "PATCH", "UNHEARD-OF"])(
    "RFC 9875 §3: those that an answer to %s names",
    (method) => {
      expect(groups(method, named)).toEqual([
        cacheGroup("http://origin.test", "red"),
        cacheGroup("http://origin.test", "blue"),
      ]);
    },
  );

  test.each(["GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND"])("RFC 9875 §3: %s is safe", (method) => {
    expect(groups(method, named)).toEqual([]);
  });

  test.each([{}, { "cache-groups": '"red"' }, { "cache-group-invalidation": "red" }])(
    "RFC 9875 §3: none in %j",
    (fields) => {
      expect(groups("POST", fields)).toEqual([]);
    },
  );
});
