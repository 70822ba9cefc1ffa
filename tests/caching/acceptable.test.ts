import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { acceptable } from "../../src/caching/acceptable.ts";
import { presented } from "../../src/caching/selecting.ts";
import { fieldValue } from "../http/arbitrary.ts";
import type { Fields } from "./build.ts";

function takes(request: Fields, response: Fields): boolean {
  return acceptable(presented(new Headers(request)))(new Headers(response));
}

describe("RFC 9110 §12.5: what a request takes", () => {
  test.each<[string | undefined, string | undefined, boolean]>([
    [undefined, undefined, true],
    [undefined, "gzip", false],
    ["", "gzip", false],
    ["br", "gzip", false],
    ["br, GZIP;q=0.5", "gzip", true],
    ["br, gzip", "GZip", true],
    ["gzip;q=0", "gzip", false],
    ["*", "gzip", true],
    ["*, gzip;q=0", "gzip", false],
    ["gzip;q=x", "gzip", false],
    ["gzip", "br, gzip", false],
    ["gzip, br", "br, gzip", true],
    ["gzip", undefined, true],
    ["gzip, identity;q=0", undefined, false],
    ["gzip, *;q=0", undefined, false],
    ["identity, *;q=0", undefined, true],
  ])("§12.5.3: Accept-Encoding %j takes the coding %j: %p", (accepted, coding, is) => {
    const request = accepted === undefined ? {} : { "accept-encoding": accepted };
    expect(takes(request, coding === undefined ? {} : { "content-encoding": coding })).toBe(is);
  });

  test.each<[string | undefined, string | undefined, boolean]>([
    [undefined, "text/html", true],
    ["text/css", undefined, true],
    ["text/html", "Text/HTML; charset=utf-8", true],
    ["text/html;level=1", "text/html", true],
    ["application/xml", "application/json", false],
    ["application/xml, */*;q=0.1", "application/json", true],
    ["application/*", "application/json", true],
    ["text/*", "application/json", false],
    ["application/json;q=0, */*", "application/json", false],
    ["application/json; q=0", "application/json", false],
    ["application/json;v=1;q=0.5;ext", "application/json", true],
    ["application/*;q=0, */*", "application/json", false],
    ['text/html;p="a, application/json"', "application/json", false],
  ])("§12.5.1: Accept %j takes %j: %p", (accept, type, is) => {
    const request = accept === undefined ? {} : { accept };
    expect(takes(request, type === undefined ? {} : { "content-type": type })).toBe(is);
  });

  test.each<[string | undefined, string | undefined, boolean]>([
    [undefined, "de", true],
    ["en", undefined, true],
    ["en", "de, en", true],
    ["en", "de", false],
    ["de", "de-AT", true],
    ["de-AT", "de", false],
    ["de-at, en", "de-AT", true],
    ["de, de-AT;q=0", "de-AT", false],
    ["de;q=0, de-AT", "de-AT", true],
    ["en, *;q=0.1", "de", true],
    ["d", "de", false],
    ["en;q=x", "de", false],
  ])("§12.5.4, RFC 4647 §3.3.1: Accept-Language %j takes %j: %p", (accepted, language, is) => {
    const request = accepted === undefined ? {} : { "accept-language": accepted };
    expect(takes(request, language === undefined ? {} : { "content-language": language })).toBe(is);
  });

  test("the request is read once, however many responses it is held against", () => {
    let read = 0;
    const takes = acceptable((name) => {
      read++;
      return name === "accept-encoding" ? "br, gzip" : null;
    });
    for (const coding of ["gzip", "br", "gzip"]) expect(takes(new Headers({ "content-encoding": coding }))).toBe(true);
    expect(takes(new Headers({ "content-encoding": "zstd" }))).toBe(false);
    expect(read).toBe(3);
  });

  test("of several weights of one name the first counts", () => {
    expect(takes({ accept: "text/html;q=0, text/html" }, { "content-type": "text/html" })).toBe(false);
  });

  test("who says nothing takes all that has no coding, whatever is written there", () => {
    fc.assert(
      fc.property(fieldValue, fieldValue, (type, language) => {
        expect(takes({}, { "content-type": type, "content-language": language })).toBe(true);
      }),
    );
  });
});
