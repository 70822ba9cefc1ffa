import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { normalMediaType } from "../../src/http/media-type.ts";
import { fieldText } from "./arbitrary.ts";

describe("normalMediaType", () => {
  test.each([
    ["application/json", "application/json"],
    ["Application/JSON", "application/json"],
    [" text/plain ", "text/plain"],
    ["text/plain ; Charset = UTF-8", "text/plain;charset = UTF-8"],
    ["Text/Plain;  CHARSET=UTF-8", "text/plain;charset=utf-8"],
    ["multipart/mixed; Boundary=AbC", "multipart/mixed;boundary=AbC"],
    ["text/x; a=B ;c=D", "text/x;a=B;c=D"],
    ['Multipart/Mixed; Boundary="a; B"; X=y', 'multipart/mixed; Boundary="a; B"; X=y'],
    ["text/x;", "text/x;"],
    ["text/x; flag", "text/x;flag"],
    ["", ""],
  ])("RFC 9110 §8.3.1: %p is %p", (value, normal) => {
    expect(normalMediaType(value)).toBe(normal);
  });

  test.each([
    ["another subtype", "application/json", "application/jsonpath"],
    ["another value", "text/x;a=B", "text/x;a=b"],
    ["another order of parameters", "text/x;a=1;b=2", "text/x;b=2;a=1"],
    ["a parameter more", "text/plain", "text/plain;charset=utf-8"],
    ["white space in a value", "text/x;a=b c", "text/x;a=bc"],
    ["quotes", 'text/x;a="b"', "text/x;a=b"],
    ["white space within quotes", 'text/x;a="b; c"', 'text/x;a="b;c"'],
  ])("RFC 9110 §8.3.1: %s makes it another", (_, a, b) => {
    expect(normalMediaType(a)).not.toBe(normalMediaType(b));
  });

  test("what is normal stays as it is", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        const normal = normalMediaType(value);
        expect(normalMediaType(normal)).toBe(normal);
      }),
    );
  });
});
