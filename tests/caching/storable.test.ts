import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type NoStoreReason, storable } from "../../src/caching/storable.ts";
import { dateAt, type Fields, NO_DEFAULT, type ResponseParts, reading, storing } from "./build.ts";

/** The reason why it is not stored, or "store". `personal` follows from the request, as the proxy has it. */
function decided(request: Fields, response: ResponseParts, method = "GET"): NoStoreReason | "store" {
  const personal = "authorization" in request || "cookie" in request;
  const decision = storable(
    storing(request, method),
    reading({ personal, ...response }),
    response.fields?.vary ?? null,
  );
  return decision.type === "store" ? "store" : decision.reason;
}

const says = (cacheControl: string, more: Fields = {}): ResponseParts => ({
  fields: { "cache-control": cacheControl, ...more },
});
const etag = { etag: '"a"' };

describe("what is stored", () => {
  test.each<[string, Fields, ResponseParts]>([
    ["a stated lifetime", {}, says("max-age=60")],
    ["a stated lifetime of an error", {}, { status: 500, ...says("max-age=60") }],
    ["a stated lifetime of a redirect", {}, { status: 302, ...says("s-maxage=60") }],
    ["Expires", {}, { status: 302, fields: { expires: dateAt(60) } }],
    ["nothing stated, covered by --ttl", {}, {}],
    ["nothing stated but when it changed", {}, { status: 404, fields: { "last-modified": dateAt(-1000) } }],
    ["a lifetime of 0 and a validator", {}, says("max-age=0", etag)],
    ["Expires of 0 and a validator", {}, { fields: { expires: "0", ...etag } }],
    ["no-cache and a validator", {}, says("no-cache", etag)],
    ["no-cache and Last-Modified", {}, says("no-cache", { "last-modified": dateAt(-1) })],
    ["public and a validator, whatever the status", {}, { status: 500, ...says("public", etag) }],
    ["never fresh, but stale-while-revalidate", {}, says("max-age=0, stale-while-revalidate=60")],
    ["never fresh, but stale-if-error", {}, says("max-age=0, stale-if-error=60")],
    ["private for one field only", {}, says('max-age=60, private="set-cookie"')],
    ["a request of no-cache", { "cache-control": "no-cache" }, says("max-age=60")],
    ["a stated lifetime beside cookies", { cookie: "a=1" }, says("max-age=60", { "set-cookie": "b=2" })],
  ])("RFC 9111 §3: %s", (_, request, response) => {
    expect(decided(request, response)).toBe("store");
  });

  test("RFC 9110 §9.3.2: HEAD is stored as HEAD, GET as GET, and QUERY as QUERY", () => {
    for (const method of ["GET", "HEAD", "QUERY"]) {
      expect(storable(storing({}, method), reading({}), null)).toMatchObject({ type: "store", method });
    }
  });

  test("RFC 9111 §4.1: with the selecting fields of its request", () => {
    expect(storable(storing({ accept: "Text/HTML" }), reading({}), "Accept, X-A")).toMatchObject({
      selecting: [
        ["accept", "Text/HTML"],
        ["x-a", null],
      ],
    });
  });

  test.each([
    ['private="set-cookie"', ["set-cookie"]],
    ['no-cache="X-A, x-b"', ["x-a", "x-b"]],
    ['private="a", no-cache="b"', ["a", "b"]],
    ["no-cache", []],
    ["public", []],
  ])("RFC 9111 §5.2.2.4, §5.2.2.7: with %s all is stored but %j", (cacheControl, omit) => {
    const decision = storable(storing(), reading(says(`${cacheControl}, max-age=60`, etag)), null);
    expect(decision).toMatchObject({ type: "store", omit });
  });
});

test("RFC 9111 §3.3: a part is stored that was asked for and says which it is", () => {
  const answer = { status: 206, ...says("max-age=60", { "content-range": "bytes 0-4/10" }) };
  expect(decided({ range: "bytes=0-4" }, answer)).toBe("store");
  expect(decided({ range: "bytes=0-4" }, answer, "HEAD")).toBe("partial-content");
});

describe("what is not stored", () => {
  const part = { range: "bytes=0-4" };

  test.each<[NoStoreReason, string, Fields, ResponseParts]>([
    ["partial-content", "§3.3", part, { status: 206, ...says("max-age=60") }],
    ["partial-content", "§3.3", part, { status: 206, ...says("max-age=60", { "content-range": "bytes 0-4/*" }) }],
    ["partial-content", "§3.3", {}, { status: 206, ...says("max-age=60", { "content-range": "bytes 0-4/10" }) }],
    ["range-not-satisfiable", "§2", part, { status: 416, ...says("max-age=60", { "content-range": "bytes */10" }) }],
    ["not-modified", "§3", {}, { status: 304, ...says("max-age=60") }],
    ["request-no-store", "§5.2.1.5", { "cache-control": "no-store" }, says("max-age=60")],
    ["no-store", "§5.2.2.5", {}, says("no-store")],
    ["no-store", "§5.2.2.5", {}, says("public, max-age=60, No-Store", etag)],
    ["private", "§5.2.2.7", {}, says("private, max-age=60")],
    ["private", "§5.2.2.7", {}, says("private, s-maxage=60, public")],
    ["private", "§5.2.2.7", {}, says('private="", max-age=60')],
    ["private", "§5.2.2.7", {}, says('private="x-a", private, max-age=60')],
    ["authorization", "§3.5", { authorization: "x" }, says("max-age=60")],
    ["authorization", "§3.5", { authorization: "x" }, { fields: { expires: dateAt(60) } }],
    ["authorization", "§3.5", { authorization: "x" }, {}],
    ["authorization", "§3.5", { authorization: "x" }, says("proxy-revalidate, max-age=60")],
    ["personal", "§3.5", { authorization: "x" }, says("must-revalidate", { "last-modified": dateAt(-1000) })],
    ["personal", "§7.3", { cookie: "a=1" }, { fields: { ...etag, "last-modified": dateAt(-1000) } }],
    ["personal", "§7.3", { cookie: "a=1" }, says("no-cache", etag)],
    ["personal", "§7.3", {}, { fields: { "set-cookie": "a=1" } }],
    ["vary-star", "§4.1", {}, says("max-age=60", { vary: "*" })],
    ["vary-star", "§4.1", {}, says("max-age=60", { vary: "accept, *" })],
    ["vary-star", "§4.1", {}, says("max-age=60", { vary: "no field name" })],
    ["status-not-understood", "§5.2.2.3", {}, { status: 299, ...says("must-understand, max-age=60") }],
    ["status-not-understood", "§5.2.2.3", {}, { status: 299, ...says("must-understand, no-store, max-age=60") }],
    ["status-not-cacheable", "§3", {}, { status: 500, fields: etag }],
    ["status-not-cacheable", "§3", {}, { status: 302, fields: { "last-modified": dateAt(-1000) } }],
    ["status-not-cacheable", "§3", {}, { status: 503, ...says("must-revalidate", etag) }],
    ["no-lifetime-and-no-validator", "§4.3.1", {}, says("max-age=0")],
    ["no-lifetime-and-no-validator", "§4.3.1", {}, says("no-cache, max-age=60")],
    ["no-lifetime-and-no-validator", "§5.3", {}, { fields: { expires: "0" } }],
    ["no-lifetime-and-no-validator", "§4.2.2", {}, { status: 404 }],
    ["no-lifetime-and-no-validator", "§4.2.2", {}, { policy: NO_DEFAULT }],
    ["no-lifetime-and-no-validator", "§5.2.2", {}, says("max-age=0, stale-if-error=0, stale-while-revalidate=0")],
  ])("%s: RFC 9111 %s: %j %j", (reason, _, request, response) => {
    expect(decided(request, response)).toBe(reason);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "SEARCH", "get"])("method: RFC 9111 §3: %s", (method) => {
    expect(decided({}, says("max-age=60"), method)).toBe("method");
  });
});

describe("exceptions", () => {
  test.each(["public, max-age=60", "must-revalidate, max-age=60", "s-maxage=60", "s-maxage=0, stale-if-error=60"])(
    "RFC 9111 §3.5: Authorization and %s",
    (cacheControl) => {
      expect(decided({ authorization: "x" }, says(cacheControl))).toBe("store");
    },
  );

  test("RFC 9111 §3.5: Authorization and public by CDN-Cache-Control", () => {
    expect(decided({ authorization: "x" }, { fields: { "cdn-cache-control": "public, max-age=60" } })).toBe("store");
    expect(decided({ authorization: "x" }, says("public, max-age=60", { "cdn-cache-control": "max-age=60" }))).toBe(
      "authorization",
    );
  });

  test.each([200, 203, 301, 404, 500])("RFC 9111 §5.2.2.3: must-understand overrules no-store for %d", (status) => {
    expect(decided({}, { status, ...says("must-understand, no-store, max-age=60") })).toBe("store");
  });

  test.each<[string, NoStoreReason]>([
    ["private", "private"],
    ["max-age=0", "no-lifetime-and-no-validator"],
  ])("RFC 9111 §5.2.2.3: must-understand overrules nothing else: %s", (more, reason) => {
    expect(decided({}, says(`must-understand, no-store, ${more}`))).toBe(reason);
  });

  test("RFC 9111 §5.2.1.5: the request's no-store is not overruled", () => {
    expect(decided({ "cache-control": "no-store" }, says("must-understand, no-store, max-age=60"))).toBe(
      "request-no-store",
    );
  });
});

test("RFC 9111 §3: whatever else is said, private, no-store and Vary: * are never stored", () => {
  const directive = fc.constantFrom<string>(
    "public",
    "max-age=60",
    "s-maxage=60",
    "must-revalidate",
    "immutable",
    "no-cache",
    'private="x-a"',
    "stale-if-error=60",
  );
  const forbidding = fc.constantFrom<ResponseParts>(says("private"), says("no-store"), says("public", { vary: "*" }));
  const status = fc.constantFrom(200, 203, 204, 301, 302, 404, 500);
  fc.assert(
    fc.property(status, fc.array(directive), fc.nat(), forbidding, (status, others, n, forbids) => {
      const list = others.toSpliced(n % (others.length + 1), 0, forbids.fields?.["cache-control"] ?? "");
      const fields = { ...forbids.fields, "cache-control": list.join(", "), etag: '"a"' };
      expect(decided({}, { status, fields })).not.toBe("store");
    }),
  );
});

test.each([428, 429, 431, 511])("RFC 6585: a %d is never stored, whatever it says", (status) => {
  expect(decided({}, { status, ...says("public, max-age=60", etag) })).toBe("status-not-cacheable");
});
