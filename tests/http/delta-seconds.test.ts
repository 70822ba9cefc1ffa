import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MAX_DELTA_SECONDS, parseDeltaSeconds } from "../../src/http/delta-seconds.ts";
import { fieldText } from "./arbitrary.ts";

describe("parseDeltaSeconds", () => {
  test.each([
    ["0", 0],
    ["60", 60],
    ["0060", 60],
    ["2147483647", 2_147_483_647],
    ["2147483648", MAX_DELTA_SECONDS],
    ["2147483649", MAX_DELTA_SECONDS],
    ["99999999999999999999", MAX_DELTA_SECONDS],
    ["9".repeat(400), MAX_DELTA_SECONDS],
  ])("RFC 9111 §1.2.2: %s is %d", (text, seconds) => {
    expect(parseDeltaSeconds(text)).toBe(seconds);
  });

  test.each(["", " 1", "1 ", "-1", "+1", "1.0", "1e3", "0x10", "1s", "'1'", '"1"', "one", "1\n", "١"])(
    "RFC 9111 §1.2.2: %j is no number of seconds",
    (text) => {
      expect(parseDeltaSeconds(text)).toBeUndefined();
    },
  );

  test("RFC 9111 §1.2.2: any text gives an integer from 0 to 2^31 or nothing", () => {
    fc.assert(
      fc.property(fieldText, (text) => {
        const seconds = parseDeltaSeconds(text);
        if (seconds === undefined) return;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeWithin(0, MAX_DELTA_SECONDS + 1);
      }),
    );
  });

  test("RFC 9111 §1.2.2: a larger number of seconds never reads as a smaller one", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.bigInt({ min: 0n, max: 10n ** 30n }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(parseDeltaSeconds(String(low)) ?? -1).toBeLessThanOrEqual(parseDeltaSeconds(String(high)) ?? -1);
      }),
    );
  });
});
