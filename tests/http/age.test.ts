import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseAge } from "../../src/http/age.ts";
import { MAX_DELTA_SECONDS } from "../../src/http/delta-seconds.ts";
import { fieldText } from "./arbitrary.ts";

describe("parseAge", () => {
  test.each([
    [null, 0],
    ["0", 0],
    ["60", 60],
    [" 60 ", 60],
    ["4294967296", MAX_DELTA_SECONDS],
    ["60, 120", 60],
    ["60 , abc", 60],
    ["60,", 60],
  ])("RFC 9111 §5.1: %j is %d", (value, age) => {
    expect(parseAge(value)).toBe(age);
  });

  test.each(["", "-1", "1.5", "abc", "abc, 60", ", 60", "60;foo", '"60"', "6 0"])(
    "RFC 9111 §5.1: %j is no age and is ignored",
    (value) => {
      expect(parseAge(value)).toBe(0);
    },
  );

  test("RFC 9111 §5.1: no text makes an age below zero or beyond the greatest", () => {
    fc.assert(
      fc.property(fieldText, (value) => {
        expect(parseAge(value)).toBeWithin(0, MAX_DELTA_SECONDS + 1);
      }),
    );
  });
});
