import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseVary } from "../../src/http/vary.ts";
import { fieldText } from "./arbitrary.ts";

describe("parseVary", () => {
  test.each([
    [null, []],
    ["", []],
    [" , ", []],
    ["Accept", ["accept"]],
    ["Origin, Accept-Encoding", ["accept-encoding", "origin"]],
    ["accept,ACCEPT , Accept", ["accept"]],
    ["Cookie,,Accept", ["accept", "cookie"]],
  ])("RFC 9110 §12.5.5: %j names %j", (value, names) => {
    expect(parseVary(value)).toEqual(names);
  });

  test.each(["*", " * ", "Accept, *", "*, Accept"])("RFC 9110 §12.5.5: %j is more than the fields", (value) => {
    expect(parseVary(value)).toBe("*");
  });

  test.each(["Accept Encoding", "Accept;q=1", '"Accept"', "Accept: Cookie", "Accept, \u00e9", "a\\b"])(
    "RFC 9111 §4.1: %j names what is no field, so that no request is known to match",
    (value) => {
      expect(parseVary(value)).toBe("*");
    },
  );

  test("RFC 9111 §4.1: every name can be looked up in a request, whatever the value", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        const names = parseVary(value);
        if (names === "*") return;
        for (const name of names) expect(new Headers().get(name)).toBeNull();
      }),
    );
  });

  test("RFC 9110 §12.5.5: neither order nor repetition means anything", () => {
    const names = fc.array(fc.constantFrom("Accept", "accept", "Cookie", "Origin", "X-A"), { minLength: 1 });
    fc.assert(
      fc.property(names, (list) => {
        expect(parseVary([...list].reverse().join(", "))).toEqual(parseVary([...list, ...list].join(",")));
      }),
    );
  });
});
