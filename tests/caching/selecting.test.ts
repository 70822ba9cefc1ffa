import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { matches, presented, sameSelection, selecting } from "../../src/caching/selecting.ts";
import { fieldValue } from "../http/arbitrary.ts";
import type { Fields } from "./build.ts";

/** Whether a response to `first` with this Vary answers `later`; `undefined` where it answers nothing. */
function answers(vary: string, first: Fields, later: Fields): boolean | undefined {
  const chosen = selecting(vary, presented(new Headers(first)));
  return chosen === "*" ? undefined : matches(chosen, presented(new Headers(later)));
}

describe("selecting", () => {
  test("RFC 9111 §4.1: the named fields with their values, absent ones as absent", () => {
    const request = presented(new Headers({ accept: "text/html", origin: "http://a" }));
    expect(selecting("Origin, X-B, Accept", request)).toEqual([
      ["accept", "text/html"],
      ["origin", "http://a"],
      ["x-b", null],
    ]);
    expect(selecting(null, request)).toEqual([]);
  });

  test.each(["*", "Accept, *", "Accept Encoding", "X-Forwarded-For", "Accept, Via", "X-Real-IP"])(
    "RFC 9111 §4.1: Vary %j is matched by no request",
    (vary) => {
      expect(selecting(vary, presented(new Headers()))).toBe("*");
    },
  );
});

describe("what the proxy writes itself", () => {
  test("RFC 9111 §4.1: fields that follow from the name by which the client asked are compared with that", () => {
    expect(selecting("Host, X-Forwarded-Proto, Accept", presented(new Headers()))).toEqual([["accept", null]]);
  });
});

describe("matches", () => {
  test.each([
    ["both lack it", {}, {}],
    ["the same value", { "x-a": "1" }, { "x-a": "1" }],
    ["the field's name in another case", { "X-A": "1" }, { "x-a": "1" }],
    ["white space around commas", { "x-a": "1, 2" }, { "x-a": "1,2" }],
    ["a comma in quotes", { "x-a": '"1, 2"' }, { "x-a": '"1, 2"' }],
    ["other fields", { "x-a": "1", "x-b": "1" }, { "x-a": "1", "x-b": "2" }],
  ])("RFC 9111 §4.1: match: %s", (_, first, later) => {
    expect(answers("X-A", first, later)).toBe(true);
  });

  test.each([
    ["another value", { "x-a": "1" }, { "x-a": "2" }],
    ["only the first has it", { "x-a": "1" }, {}],
    ["only the later has it", {}, { "x-a": "1" }],
    ["empty is not absent", { "x-a": "" }, {}],
    ["absent is not empty", {}, { "x-a": "" }],
    ["the value's case", { "x-a": "a" }, { "x-a": "A" }],
    ["the order of a list", { "x-a": "1, 2" }, { "x-a": "2, 1" }],
    ["white space in quotes", { "x-a": '"1, 2"' }, { "x-a": '"1,2"' }],
    ["white space in a member", { "x-a": "1 2" }, { "x-a": "12" }],
    ["a member more", { "x-a": "1" }, { "x-a": "1, 1" }],
  ])("RFC 9111 §4.1: no match: %s", (_, first, later) => {
    expect(answers("X-A", first, later)).toBe(false);
  });

  test("RFC 9111 §4.1: all fields must match", () => {
    expect(answers("X-A, X-B", { "x-a": "1", "x-b": "1" }, { "x-a": "1", "x-b": "1" })).toBe(true);
    expect(answers("X-A, X-B", { "x-a": "1", "x-b": "1" }, { "x-a": "1", "x-b": "2" })).toBe(false);
  });

  test.each([
    ["Accept-Language", "en, de", "de,en"],
    ["Accept-Language", "en-GB;q=0.8, de", "DE , en-gb; q=0.8"],
    ["Accept-Encoding", "gzip, br;q=0.5", "br ; Q=0.5,GZIP"],
    ["Accept-Charset", "utf-8", "UTF-8"],
    ["Accept", 'text/html;profile="A b"', 'text/html;profile="A b"'],
  ])("RFC 9110 §12.5: %s %j and %j prefer the same", (name, first, later) => {
    expect(answers(name, { [name]: first }, { [name]: later })).toBe(true);
  });

  test.each([
    ["Accept-Language", "en;q=0.8, de", "en, de;q=0.8"],
    // Of types that weigh the same many origins give the one that is named first.
    ["Accept", "text/html, application/json", "application/json, text/html"],
    ["Accept-Language", "en", "en, de"],
    ["Accept-Language", "en", ""],
    ["Accept-Encoding", "gzip;q=0", "gzip"],
    ["Accept-Encoding", "g zip", "gzip"],
  ])("RFC 9110 §12.5: %s %j and %j prefer differently", (name, first, later) => {
    expect(answers(name, { [name]: first }, { [name]: later })).toBe(false);
  });

  test.each([
    ["text/html;profile=A", "text/html;profile=a"],
    ['a/b;profile="http://x/A"', 'a/b;profile="http://x/a"'],
    ['a/b;profile="x y"', 'a/b;profile="xy"'],
    ["a/b;v=1;q=0.5", "a/b;v=2;q=0.5"],
  ])("RFC 9110 §8.3.1: other parameters may be case-sensitive: Accept %s and %s", (first, later) => {
    expect(answers("Accept", { accept: first }, { accept: later })).toBe(false);
  });

  test("RFC 9111 §4.1: a request always matches what it brought", () => {
    const names = ["accept", "accept-language", "cookie", "x-a"];
    const fields = fc.dictionary(fc.constantFrom(...names), fieldValue, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.subarray(names), fields, (vary, request) => {
        expect(answers(vary.join(", "), request, request)).toBe(true);
      }),
    );
  });

  test("RFC 9111 §4.1: matching is the same in both directions", () => {
    const name = fc.constantFrom("accept", "x-a");
    fc.assert(
      fc.property(name, fieldValue, fieldValue, (field, a, b) => {
        expect(answers(field, { [field]: a }, { [field]: b })).toBe(answers(field, { [field]: b }, { [field]: a }));
      }),
    );
  });
});

describe("sameSelection", () => {
  test.each([
    ["the same", "A, B", { a: "1" }, "b,a", { a: "1" }, true],
    [
      "equal once normalised",
      "Accept-Language",
      { "accept-language": "a, b" },
      "accept-language",
      { "accept-language": "b,a" },
      true,
    ],
    ["nothing", "", {}, "", { a: "1" }, true],
    ["another value", "A", { a: "1" }, "A", { a: "2" }, false],
    ["another name", "A", { a: "1" }, "B", { b: "1" }, false],
    ["fewer names", "A, B", { a: "1" }, "A", { a: "1" }, false],
    ["absent and empty", "A", {}, "A", { a: "" }, false],
  ])("RFC 9111 §4.1: %s", (_, varyA, requestA, varyB, requestB, same) => {
    const [a, b] = [
      selecting(varyA, presented(new Headers(requestA))),
      selecting(varyB, presented(new Headers(requestB))),
    ];
    expect(a !== "*" && b !== "*" && sameSelection(a, b)).toBe(same);
    expect(a !== "*" && b !== "*" && sameSelection(b, a)).toBe(same);
  });
});
