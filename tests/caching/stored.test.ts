import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { read, replaces, reusableUntil, type StoredResponse } from "../../src/caching/stored.ts";
import { fieldValue } from "../http/arbitrary.ts";
import { dateAt, POLICY, reading, SECOND, stored, T0 } from "./build.ts";

describe("read", () => {
  test("RFC 9111 §4.2: everything that a decision rests on", () => {
    const fields = {
      age: "7",
      date: dateAt(-5),
      etag: 'W/"a"',
      "last-modified": dateAt(-100),
      expires: dateAt(60),
      "cache-control": "max-age=60, must-revalidate",
      "content-language": "De-AT",
    };
    expect(reading({ status: 203, fields, asked: 1, came: 3, personal: true })).toMatchObject({
      status: 203,
      date: T0 - 5 * SECOND,
      lastModified: T0 - 100 * SECOND,
      expires: T0 + 60 * SECOND,
      etag: 'W/"a"',
      language: "de-at",
      initialAge: 9 * SECOND,
      requestTime: T0 + SECOND,
      responseTime: T0 + 3 * SECOND,
      lifetime: { ms: 60 * SECOND, source: "max-age" },
      personal: true,
      directives: { maxAge: 60, mustRevalidate: true },
    });
  });

  test("RFC 9110 §6.6.1: without a Date it is dated by its arrival", () => {
    const responseTime = T0 + 250;
    const section = { status: 200, headers: new Headers(), requestTime: T0, responseTime, sentAt: 0, arrivedAt: 250 };
    expect(read(section, false, POLICY)).toMatchObject({ date: responseTime, initialAge: 250 });
  });

  test.each(["", "0", "yesterday", "Sun, 31 Feb 2026 00:00:00 GMT"])("RFC 9110 §6.6.1: Date %j is no Date", (date) => {
    expect(reading({ fields: { date } }).date).toBe(T0);
  });

  test("RFC 9110 §8.8.2: a Last-Modified that is no date is none", () => {
    expect(reading({ fields: { "last-modified": "0" } }).lastModified).toBeUndefined();
  });

  test("RFC 9111 §7.3: a response that sets a cookie is personal", () => {
    expect(reading({ fields: { "set-cookie": "a=1" } }).personal).toBe(true);
    expect(reading({}).personal).toBe(false);
  });

  test.each([
    ["wins over Cache-Control", "max-age=5", "max-age=60, no-store", { maxAge: 5, noStore: false }],
    ["wins over Expires", "no-cache", undefined, { noCache: true, maxAge: undefined }],
    ["is ignored where invalid", "Max-Age=5", "max-age=60", { maxAge: 60 }],
    ["is ignored where empty", "", "max-age=60", { maxAge: 60 }],
  ])("RFC 9213 §2.2: CDN-Cache-Control %s", (_, targeted, cacheControl, directives) => {
    const fields = { "cdn-cache-control": targeted, ...(cacheControl ? { "cache-control": cacheControl } : {}) };
    expect(reading({ fields }).directives).toMatchObject(directives);
  });

  test("RFC 9213 §2.2: where CDN-Cache-Control is valid, Expires is not looked at", () => {
    const expires = dateAt(60);
    expect(reading({ fields: { expires, "cdn-cache-control": "public" } }).expires).toBeUndefined();
    expect(reading({ fields: { expires, "cdn-cache-control": "=" } }).expires).toBe(T0 + 60 * SECOND);
  });

  test("RFC 9111 §4.2: no header section throws, and no lifetime or age is negative or no number", () => {
    const name = fc.constantFrom(
      "age",
      "date",
      "expires",
      "last-modified",
      "cache-control",
      "cdn-cache-control",
      "etag",
    );
    fc.assert(
      fc.property(fc.dictionary(name, fieldValue, { noNullPrototype: true }), (fields) => {
        const { lifetime, initialAge } = reading({ fields });
        expect(lifetime.ms).toBeGreaterThanOrEqual(0);
        expect(initialAge).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("reusableUntil", () => {
  test.each([
    ["its lifetime", { "cache-control": "max-age=60" }, 60],
    ["its lifetime less the age on arrival", { "cache-control": "max-age=60", age: "20" }, 40],
    ["stale-while-revalidate", { "cache-control": "max-age=60, stale-while-revalidate=30" }, 90],
    ["stale-if-error", { "cache-control": "max-age=60, stale-if-error=300" }, 360],
    ["the longer of both", { "cache-control": "max-age=60, stale-while-revalidate=90, stale-if-error=30" }, 150],
  ])("RFC 5861 §3, §4: as long as %s", (_, fields, seconds) => {
    expect(reusableUntil(reading({ fields }))).toBe(T0 + seconds * SECOND);
  });
});

describe("replaces", () => {
  const whole = (etag: string, body = "0123456789") => stored({ body, fields: { etag } });
  const part = (range: string, etag: string) =>
    stored({ status: 206, fields: { etag, "content-range": `bytes ${range}` } });

  test.each<[string, StoredResponse, StoredResponse, boolean]>([
    ["a whole a whole", whole('"b"'), whole('"a"'), true],
    ["a whole a part", whole('"a"'), part("0-4/10", '"a"'), true],
    ["a part the same part", part("0-4/10", '"a"'), part("0-4/10", '"a"'), true],
    ["a part a smaller one", part("0-4/10", '"a"'), part("1-2/10", '"a"'), true],
    ["a part what it does not hold", part("0-4/10", '"a"'), part("3-7/10", '"a"'), false],
    ["a part the whole", part("0-4/10", '"a"'), whole('"a"'), false],
    ["a part of something newer the whole", part("0-4/10", '"b"'), whole('"a"'), true],
    ["a part of something newer another part", part("0-4/10", '"b"'), part("5-9/10", '"a"'), true],
    ["a part of something longer the whole", part("0-4/11", 'W/"b"'), whole('W/"a"'), true],
    ["a part of something newer the whole, by weak tags", part("0-4/10", 'W/"b"'), whole('W/"a"'), true],
    ["a part nothing that it knows no better than", part("0-4/10", 'W/"a"'), whole('W/"a"'), false],
    ["a part an error", part("0-4/10", '"a"'), stored({ status: 404, body: "0123456789" }), true],
    ["a HEAD the GET", { ...whole('"b"'), method: "HEAD" }, whole('"a"'), false],
    ["a GET the HEAD", whole('"b"'), { ...whole('"a"'), method: "HEAD" }, true],
    ["what another name brought", { ...whole('"b"'), publicOrigin: "http://other" }, whole('"a"'), false],
  ])("RFC 9111 §4, §3.4: %s", (_, newer, older, expected) => {
    expect(replaces(newer, older)).toBe(expected);
  });
});
