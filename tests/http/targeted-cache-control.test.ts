import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { NO_RESPONSE_DIRECTIVES, type ResponseDirectives } from "../../src/http/cache-control.ts";
import { MAX_DELTA_SECONDS } from "../../src/http/delta-seconds.ts";
import { parseTargetedDirectives } from "../../src/http/targeted-cache-control.ts";
import { fieldText } from "./arbitrary.ts";

describe("parseTargetedDirectives", () => {
  test.each<[string, Partial<ResponseDirectives>]>([
    ["max-age=60", { maxAge: 60 }],
    ["max-age=60, s-maxage=120", { maxAge: 60, sMaxage: 120 }],
    ["no-store", { noStore: true }],
    ["no-store=?1", { noStore: true }],
    ["no-store=?0, max-age=60", { maxAge: 60 }],
    ["max-age=60;foo=bar, private;x", { maxAge: 60, private: true }],
    ["max-age=1, max-age=60", { maxAge: 60 }],
    ['private="set-cookie, x-a"', { private: ["set-cookie", "x-a"] }],
    ["private=token", { private: true }],
    ["unknown=1, must-revalidate", { mustRevalidate: true }],
    ["max-age=-1", { maxAge: 0 }],
    ["max-age=999999999999999", { maxAge: MAX_DELTA_SECONDS }],
    ["stale-while-revalidate=5, stale-if-error=6", { staleWhileRevalidate: 5, staleIfError: 6 }],
  ])("RFC 9213 §2.1: %s is a Dictionary", (value, said) => {
    expect(parseTargetedDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test.each([
    ["absent", null],
    ["empty", ""],
    ["blank", "  "],
    ["an empty member", "max-age=60,,private"],
    ["a comma behind", "max-age=60,"],
    ["upper case", "Max-Age=60"],
    ["an empty argument", "max-age="],
    ["an open string", 'private="x'],
    ["white space around =", "max-age = 60"],
    ["garbage behind", "max-age=60 x"],
    ["a number too long", "max-age=9999999999999999"],
  ])("RFC 9213 §2.2: what is %s is ignored as a whole", (_, value) => {
    expect(parseTargetedDirectives(value)).toBeUndefined();
  });

  test.each(["max-age", 'max-age="60"', "max-age=1.5", "max-age=x", "s-maxage=(1 2)", "max-age=?1, no-store"])(
    "RFC 9213 §2.1: a lifetime of another type is no lifetime: %s",
    (value) => {
      expect(parseTargetedDirectives(value)).toBeUndefined();
    },
  );

  test.each<[string, Partial<ResponseDirectives>]>([
    ['max-age=60, private=("set-cookie")', { maxAge: 60, private: true }],
    ["no-store=()", { noStore: true }],
    ["no-store=1", { noStore: true }],
  ])("RFC 9213 §2.1: an argument of no known type leaves the directive standing: %s", (value, said) => {
    expect(parseTargetedDirectives(value)).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });

  test("RFC 9651 §4.2: any text is read or ignored, never an error", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        expect(() => parseTargetedDirectives(value)).not.toThrow();
      }),
    );
  });
});
