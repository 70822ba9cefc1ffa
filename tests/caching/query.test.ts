import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { queryDigest } from "../../src/caching/query.ts";
import type { Fields } from "./build.ts";

const digest = (content: string, fields: Fields = {}): string =>
  queryDigest(new Uint8Array(Buffer.from(content, "latin1")), new Headers(fields));

describe("queryDigest", () => {
  test("is one segment of letters, digits, - and _", () => {
    expect(digest("a")).toMatch(/^[\w-]{43}$/);
  });

  test.each<[string, Fields, Fields]>([
    ["the case of a media type", { "content-type": "Application/JSON" }, { "content-type": "application/json" }],
    ["white space in it", { "content-type": "text/x; a=b" }, { "content-type": "text/x;a=b" }],
    ["the case of a coding", { "content-encoding": "GZIP , br" }, { "content-encoding": "gzip,br" }],
    ["the case of a language", { "content-language": "en-GB" }, { "content-language": "en-gb" }],
    ["fields that say nothing of the content", { accept: "text/csv", "content-length": "1", "x-a": "b" }, {}],
  ])("RFC 10008 §2.7: %s makes no difference", (_, a, b) => {
    expect(digest("x", a)).toBe(digest("x", b));
  });

  test.each<[string, Fields, Fields]>([
    ["the media type", { "content-type": "application/json" }, { "content-type": "application/sql" }],
    ["that there is one", { "content-type": "application/json" }, {}],
    ["an empty one", { "content-type": "" }, {}],
    ["the coding", { "content-encoding": "gzip" }, {}],
    ["the order of codings", { "content-encoding": "gzip, br" }, { "content-encoding": "br, gzip" }],
    ["the language", { "content-language": "en" }, { "content-language": "fr" }],
    ["in which field a value stands", { "content-encoding": "x" }, { "content-language": "x" }],
    ["Content-Location", { "content-location": "/a" }, { "content-location": "/A" }],
    ["Content-Range", { "content-range": "bytes 0-1/2" }, {}],
  ])("RFC 10008 §2.7: %s makes a difference", (_, a, b) => {
    expect(digest("x", a)).not.toBe(digest("x", b));
  });

  test("RFC 10008 §2.7: content compares byte by byte", () => {
    const content = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => new Uint8Array(Buffer.from(text))),
    );
    fc.assert(
      fc.property(content, content, (a, b) => {
        const [one, other] = [a, b].map((bytes) => queryDigest(new Uint8Array(bytes), new Headers()));
        expect(one === other).toBe(Buffer.from(a).equals(b));
      }),
    );
  });

  test("no field can be taken for content, nor content for a field", () => {
    const value = fc.stringMatching(/^[!-~]{0,8}$/);
    const fields = fc.record({ "content-type": value, "content-language": value });
    fc.assert(
      fc.property(fields, fc.string(), (values, content) => {
        for (const joined of [JSON.stringify(values) + content, `${Object.values(values).join("\n")}\n${content}`]) {
          expect(digest(joined)).not.toBe(digest(content, values));
        }
      }),
    );
  });
});
